using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Functional.Host.Data;

/// <summary>Records of a program's own as a table.</summary>
internal static class Records
{
    private const string Name = "records";

    /// <summary>Their public properties as columns.</summary>
    /// <exception cref="ArgumentException">They have none.</exception>
    public static CellTable Table<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IEnumerable<T> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        T[] all = [.. records];
        PropertyInfo[] properties =
        [
            .. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanRead && property.GetIndexParameters().Length == 0),
        ];
        if (properties.Length == 0)
            throw new ArgumentException($"{typeof(T).Name} has no public properties", nameof(records));
        return new CellTable(Name, [.. properties.Select(property => new CellColumn(
            property.Name, () => all.Select(record => property.GetValue(record)),
            IsText(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)))]);
    }

    /// <summary>Columns by name, as they stand.</summary>
    public static CellTable Table(IEnumerable<(string Name, IEnumerable Cells)> columns) => new(
        "columns", [.. columns.Given().Select(column => new CellColumn(column.Name, () => column.Cells))]);

    /// <summary>The property that an expression names.</summary>
    /// <exception cref="ArgumentException">It is more than a property.</exception>
    public static string NameOf<T>(Expression<Func<T, object?>> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        var body = property.Body is UnaryExpression { NodeType: ExpressionType.Convert, Operand: var operand }
            ? operand : property.Body;
        return body is MemberExpression { Member: PropertyInfo found, Expression: ParameterExpression } ? found.Name
            : throw new ArgumentException(
                $"a property is needed, as in record => record.Price, not {property}", nameof(property));
    }

    // What looks like a number in a text isn't meant as one, where the type could have said so.
    private static bool? IsText(Type type) =>
        type == typeof(string) || type == typeof(char) || type == typeof(Guid) || type.IsEnum ? true : null;
}

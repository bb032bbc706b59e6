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
    /// <exception cref="ArgumentException">They have none, or a record is null.</exception>
    public static CellTable Table<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IEnumerable<T> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        T[] all = [.. records];
        if (Array.FindIndex(all, record => record is null) is >= 0 and var index)
            throw new ArgumentException($"record {index} is null", nameof(records));
        PropertyInfo[] properties =
        [
            .. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanRead && property.GetIndexParameters().Length == 0),
        ];
        if (properties.Length == 0)
            throw new ArgumentException(
                typeof(T).Name.Split('`')[0] + " has no public properties" + (typeof(T).IsGenericType
                    && typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(typeof(T))
                    ? "; columns by name are pairs of a string and an IEnumerable" : ""), nameof(records));
        return new CellTable(Name, [.. properties.Select(property => new CellColumn(
            property.Name, () => all.Select(record => property.GetValue(record)),
            IsText(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)))]);
    }

    /// <summary>Columns by name, as they stand.</summary>
    /// <exception cref="ArgumentException">There is none, or one has no name or no cells.</exception>
    public static CellTable Table(IEnumerable<(string Name, IEnumerable Cells)> columns)
    {
        CellColumn[] all =
        [
            .. columns.Given().Select((column, i) => new CellColumn(
                !string.IsNullOrWhiteSpace(column.Name) ? column.Name
                    : throw new ArgumentException($"column {i} has no name", nameof(columns)),
                column.Cells is { } cells ? () => cells
                    : throw new ArgumentException($"column '{column.Name}' is null", nameof(columns)))),
        ];
        return all.Length > 0 ? new CellTable("columns", all)
            : throw new ArgumentException("a table needs at least one column", nameof(columns));
    }

    /// <summary>The property that an expression names.</summary>
    /// <param name="property">The expression.</param>
    /// <param name="argument">What the caller's argument is called.</param>
    /// <exception cref="ArgumentException">It is more than a property.</exception>
    public static string NameOf<T>(Expression<Func<T, object?>> property, string argument)
    {
        ArgumentNullException.ThrowIfNull(property, argument);
        var body = property.Body is UnaryExpression { NodeType: ExpressionType.Convert, Operand: var operand }
            ? operand : property.Body;
        return body is MemberExpression { Member: PropertyInfo found, Expression: ParameterExpression } ? found.Name
            : throw new ArgumentException(
                $"a property is needed, as in record => record.Price, not {property}", argument);
    }

    // What looks like a number in a text isn't meant as one, where the type could have said so.
    private static bool? IsText(Type type) =>
        type == typeof(string) || type == typeof(char) || type == typeof(Guid) || type.IsEnum ? true : null;
}

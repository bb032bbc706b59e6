using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Host;

/// <summary>Arguments that are needed, where they are first used.</summary>
internal static class Arguments
{
    /// <summary>The argument.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    internal static T Given<T>(
        [NotNull] this T? value, [CallerArgumentExpression(nameof(value))] string name = "") where T : class =>
        value ?? throw new ArgumentNullException(name);

    /// <summary>A list of which no element is null.</summary>
    /// <param name="values">The list.</param>
    /// <param name="element">What an element is called.</param>
    /// <param name="name">The argument's name.</param>
    /// <exception cref="ArgumentException">The list, or an element, is null.</exception>
    internal static IReadOnlyList<T> Complete<T>(
        [NotNull] this IReadOnlyList<T>? values, string element,
        [CallerArgumentExpression(nameof(values))] string name = "") where T : class
    {
        for (var i = 0; i < values.Given(name).Count; i++)
            if (values[i] is null)
                throw new ArgumentException($"{element} {i} is null", name);
        return values;
    }

    /// <summary>Indices, each of which is one of this many samples.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal static int[] Within(
        [NotNull] this int[]? indices, int count, [CallerArgumentExpression(nameof(indices))] string name = "")
    {
        foreach (var index in indices.Given(name))
            if ((uint)index >= (uint)count)
                throw new ArgumentException(
                    $"sample {index} was asked for, but samples are 0 to {count - 1}", name);
        return indices;
    }

    /// <summary>What an exception says, without the parameter that .NET adds to the message: for people who wrote an
    /// option, not a call.</summary>
    internal static string Reason(this Exception exception) =>
        exception is ArgumentException { ParamName: { } name }
            ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
}

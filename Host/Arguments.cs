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

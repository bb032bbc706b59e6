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

    /// <summary>What an exception says, without the parameter that .NET adds to the message: for people who wrote an
    /// option, not a call.</summary>
    internal static string Reason(this Exception exception) =>
        exception is ArgumentException { ParamName: { } name }
            ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : exception.Message;
}

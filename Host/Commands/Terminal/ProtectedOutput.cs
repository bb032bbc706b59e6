using System.Text;
using Spectre.Console;

namespace Functional.Host.Commands;

/// <summary>The terminal, or whatever standard output and standard error are.</summary>
internal static class ProtectedOutput
{
    private static TextWriter? output;

    /// <summary>From now on nothing that is foreign reaches it raw: each call of <c>WriteLine</c> writes one line,
    /// whatever is in its text.</summary>
    public static void Install()
    {
        output = Console.Out;
        Console.SetOut(new VisibleWriter(Console.Out));
        Console.SetError(new VisibleWriter(Console.Error));
    }

    /// <summary>For text of the program's own that has line breaks: help, and words for a shell to complete.</summary>
    public static TextWriter Own => output ?? Console.Out;

    /// <summary>For bars, which move by escape sequences of their own.</summary>
    public static IAnsiConsole Live() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Own) });

    private sealed class VisibleWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) =>
            inner.Write(char.IsControl(value) ? Visible.Lines($"{value}") : $"{value}");

        public override void Write(string? value) => inner.Write(Visible.Lines(value ?? ""));

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

        public override void WriteLine() => inner.WriteLine();

        public override void WriteLine(string? value) => inner.WriteLine(Visible.Line(value ?? ""));

        public override void Flush() => inner.Flush();
    }
}

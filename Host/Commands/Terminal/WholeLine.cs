using Spectre.Console.Rendering;

namespace Functional.Host.Commands;

/// <summary>A line above a bar. Where it is longer than the terminal is wide, the terminal itself goes on in the next
/// row: so a command or a digest is still one line when it is copied.</summary>
internal sealed class WholeLine(string text) : IRenderable
{
    // From the cursor, which is where the bar begins, to the end of the screen.
    private const string Erase = "\u001B[J";

    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        [.. options.Ansi ? [Segment.Control(Erase)] : (Segment[])[], new Segment(Visible.Line(text)),
            Segment.LineBreak];
}

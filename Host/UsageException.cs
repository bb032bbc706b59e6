namespace Functional.Host;

/// <summary>What the user asked for can't be done as asked: each line of the message says what and where.</summary>
/// <param name="faults">A line each, which may quote what the user wrote.</param>
public sealed class UsageException(params IEnumerable<string> faults)
    : Exception(string.Join('\n', faults.Select(fault => Visible.Shortened(Visible.Line(fault)))))
{
    /// <summary>A line for each fault.</summary>
    public IReadOnlyList<string> Faults => Message.Split('\n');
}

namespace Functional.Host;

/// <summary>What the user asked for can't be done as asked: each line of the message says what and where.</summary>
public sealed class UsageException : Exception
{
    /// <summary>Faults that belong to no property.</summary>
    /// <param name="faults">A line each, which may quote what the user wrote.</param>
    public UsageException(params IEnumerable<string> faults)
        : this(faults.Given().Select(fault => new Fault("", fault))) { }

    /// <summary>Faults of properties, under the names that these have in C#.</summary>
    /// <param name="faults">A line each, which may quote what the user wrote.</param>
    public UsageException(params IEnumerable<Fault> faults) : this(OneLineEach(faults)) { }

    private UsageException(List<Fault> faults) : base(string.Join('\n', faults)) => Faults = faults;

    private static List<Fault> OneLineEach(IEnumerable<Fault> faults) =>
        [.. faults.Given().Select(fault => new Fault(fault.Field, Visible.Shortened(Visible.Line(fault.Message))))];

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<Fault> Faults { get; }
}

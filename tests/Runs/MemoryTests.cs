using Functional.Host;

namespace Functional.Tests.Runs;

public sealed class MemoryTests
{
    [Fact]
    public void What_can_not_fit_is_refused_before_it_begins()
    {
        var failure = Assert.Throws<OperationFailedException>(() => Memory.Require(() => "a giant", 1e15));
        Assert.StartsWith(
            "not enough memory for a giant: the program may use ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fits_is_not() => Memory.Require(() => "three", 1000);
}

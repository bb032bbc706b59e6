using Functional.Host;

namespace Functional.Tests.Runs;

public sealed class MemoryTests
{
    [Fact]
    public void What_can_not_fit_is_refused_before_it_begins()
    {
        var begun = false;
        var failure = Assert.Throws<OperationFailedException>(
            () => Memory.For(() => "a giant", () => begun = true, 1e15));
        Assert.StartsWith("not enough memory for a giant: the program may use ", failure.Message,
            StringComparison.Ordinal);
        Assert.False(begun);
    }

    [Fact]
    public void What_fits_is_done() => Assert.Equal(3, Memory.For(() => "three", () => 3, 1000));
}

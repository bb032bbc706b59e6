using Functional.Host;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>Activations and initializers write themselves; the program reads what they write.</summary>
public sealed class WrittenAndReadTests
{
    [Fact]
    public void Activations_read_back()
    {
        foreach (var activation in (Activation[])
            [.. ActivationText.Names.Select(ActivationText.Parse), Activation.LeakyRelu(0.3), Activation.Elu(1e-9)])
            Assert.Equal(activation, ActivationText.Parse($"{activation}"));
        Assert.Equal(Activation.Elu(), ActivationText.Parse("elu"));
    }

    [Fact]
    public void Initializers_read_back()
    {
        Initializer[] numbered = [Initializer.Normal(0.01), Initializer.Constant(-1e-9)];
        foreach (var initializer in InitializerText.Names.Select(InitializerText.Parse).Concat(numbered))
            Assert.Equal(initializer, InitializerText.Parse($"{initializer}"));
        Assert.Equal(Initializer.Xavier, InitializerText.Parse("lecun"));
    }

    [Fact]
    public void Help_and_errors_list_what_can_be_read()
    {
        foreach (var (syntax, names) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)
            [(ActivationText.Syntax, ActivationText.Names), (InitializerText.Syntax, InitializerText.Names)])
            Assert.All(names, name => Assert.Contains(name, syntax, StringComparison.Ordinal));
        Assert.StartsWith("expected one of relu, leaky-relu[:SLOPE], ",
            Assert.Throws<UsageException>(() => ActivationText.Parse("relu:2")).Message, StringComparison.Ordinal);
    }
}

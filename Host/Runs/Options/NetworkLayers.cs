using System.Numerics;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>The layers of a network but the last, which has an output for each class or quantity. As text:
/// <c>conv:16:5,relu,pool:2,affine:100,relu</c>.</summary>
public sealed class NetworkLayers : IEquatable<NetworkLayers>
{
    private readonly IReadOnlyList<LayerWord> words;

    internal NetworkLayers(IReadOnlyList<LayerWord> words) => this.words = words;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="UsageException">The text has another form.</exception>
    public static NetworkLayers Parse(string text) => new(LayerText.Parse(text.Given()));

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Join(',', words);

    /// <inheritdoc/>
    public bool Equals(NetworkLayers? other) => other is not null && $"{this}" == $"{other}";

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkLayers);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode($"{this}");

    /// <summary>The layers and the last one, each with what it gets.</summary>
    /// <param name="input">What the first gets.</param>
    /// <param name="outputs">What the last gives.</param>
    /// <exception cref="UsageException">A layer can't take what the one before gives.</exception>
    internal IReadOnlyList<(LayerWord Word, LayerInput Input)> Planned(LayerInput input, int outputs)
    {
        try
        {
            return [.. LayerWord.InOrder([.. words, new AffineWord(outputs)], input)];
        }
        catch (ArgumentException e)
        {
            throw new UsageException(new Fault(nameof(TrainConfiguration.Layers), e.Message));
        }
    }

    /// <summary>Makes the layers and the last one.</summary>
    /// <inheritdoc cref="Planned"/>
    internal IReadOnlyList<ILayer<T>> Create<T>(LayerInput input, int outputs, LayerMaking making)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        [.. Planned(input, outputs).Select(each => each.Word.Create<T>(each.Input, making))];
}

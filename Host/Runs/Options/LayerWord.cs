using System.Numerics;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>What layers are made with besides their own numbers.</summary>
/// <param name="Initializer">How weights begin.</param>
/// <param name="DropoutForm">Where dropout makes up for what is dropped.</param>
/// <param name="NextKey">A key for the weights of each layer that has some, in order.</param>
internal sealed record LayerMaking(Initializer Initializer, DropoutForm DropoutForm, Func<Key> NextKey);

/// <summary>A layer in <c>--layers</c>; <c>ToString</c> writes what is parsed.</summary>
internal abstract record LayerWord
{
    /// <summary>What it gives.</summary>
    /// <exception cref="ArgumentException">It can't take this input, with the reason.</exception>
    public abstract LayerInput Output(LayerInput input);

    /// <summary>The number of trained parameters, as a double: sizes that people type may exceed any integer.</summary>
    public virtual double Parameters(LayerInput input) => 0;

    /// <summary>About how many multiplications it takes for a sample, forward.</summary>
    public virtual double Work(LayerInput input) => Parameters(input);

    /// <summary>Makes the layer.</summary>
    public abstract ILayer<T> Create<T>(LayerInput input, LayerMaking making)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Layers one after the other, each with what it gets.</summary>
    /// <exception cref="ArgumentException">One can't take what the one before gives.</exception>
    public static IEnumerable<(LayerWord Word, LayerInput Input)> InOrder(
        IReadOnlyList<LayerWord> words, LayerInput input)
    {
        for (var i = 0; i < words.Count; i++)
        {
            LayerInput output;
            try
            {
                output = words[i].Output(input);
            }
            catch (ArgumentException e)
            {
                var given = i == 0 ? $"samples are {input}" : $"layer {i} ({words[i - 1]}) gives {input}";
                throw new ArgumentException($"{given}, but layer {i + 1} ({words[i]}): {e.Reason()}", e);
            }
            yield return (words[i], input);
            input = output;
        }
    }
}

/// <summary>An affine layer.</summary>
internal sealed record AffineWord(int Units) : LayerWord
{
    public override LayerInput Output(LayerInput input) => new(Units);

    public override double Parameters(LayerInput input) => (input.Features + 1.0) * Units;

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) => Layer.Affine(
        FSharp.Initializer.weights<T>(making.NextKey(), making.Initializer, Units, input.Features),
        MathNet.Numerics.LinearAlgebra.Vector<T>.Build.Dense(Units));

    public override string ToString() => $"affine:{Units}";
}

/// <summary>A convolution. Null stands for <c>padding=same</c>: with stride 1 the image keeps its size; only for square
/// filters of an odd size.</summary>
internal sealed record ConvolutionWord(
    int Filters, (int Height, int Width) Kernel, int Stride, int? Padding, int Dilation, int Groups) : LayerWord
{
    public override LayerInput Output(LayerInput input) => LayerInput.Of(Shape(input).Output);

    public override double Parameters(LayerInput input) => (Shape(input).FilterSize + 1.0) * Filters;

    public override double Work(LayerInput input) =>
        Parameters(input) * Shape(input).Output.Height * Shape(input).Output.Width;

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) =>
        Layer.Convolution<T>(Shape(input), making.Initializer, making.NextKey());

    private ConvolutionShape Shape(LayerInput input) => new ConvolutionShape(
        input.RequireImage(), Filters, Kernel.Height, Kernel.Width, Stride,
        Padding ?? Dilation * (Kernel.Height - 1) / 2, Dilation, Groups).Checked();

    public override string ToString() =>
        $"conv:{Filters}:{LayerText.Size(Kernel)}"
        + (Stride == 1 ? "" : $":stride={Stride}")
        + (Padding is null ? ":padding=same" : Padding == 0 ? "" : $":padding={Padding}")
        + (Dilation == 1 ? "" : $":dilation={Dilation}")
        + (Groups == 1 ? "" : $":groups={Groups}");
}

/// <summary>Pooling by windows. Without a stride they are square and side by side; without a size there is one, as
/// large as the image.</summary>
internal sealed record PoolingWord(PoolingKind Kind, (int Height, int Width)? Window, int? Stride) : LayerWord
{
    public override LayerInput Output(LayerInput input) => LayerInput.Of(Pooling(input).Output);

    public override double Work(LayerInput input) => input.Features;

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) => Layer.Of<T>(Pooling(input));

    private Pooling Pooling(LayerInput input) => Window is not { } window
        ? Functional.Pooling.GlobalAverage(input.RequireImage())
        : new Pooling(
            Kind, input.RequireImage(), window.Height, window.Width, Stride ?? window.Height)
            .Checked();

    public override string ToString() => Window is not { } window ? "globalpool"
        : $"{(Kind.IsMax ? "pool" : "avgpool")}:{LayerText.Size(window)}{(Stride is null ? "" : $":stride={Stride}")}";
}

/// <summary>An activation.</summary>
internal sealed record ActivationWord(Activation Activation) : LayerWord
{
    public override LayerInput Output(LayerInput input) => input;

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) => Layer.Of<T>(Activation);

    public override string ToString() => $"{Activation}";
}

/// <summary>Batch normalization: of images by channel.</summary>
internal sealed record BatchNormWord : LayerWord
{
    public override LayerInput Output(LayerInput input) => input;

    public override double Parameters(LayerInput input) => 2.0 * (input.Image?.Channels ?? input.Features);

    public override double Work(LayerInput input) => input.Features;

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) => input.Image is { } image
        ? Layer.ChannelBatchNorm<T>(image) : Layer.BatchNorm<T>(input.Features);

    public override string ToString() => "batchnorm";
}

/// <summary>Dropout, of images by channel if that is asked for.</summary>
internal sealed record DropoutWord(double Share, bool ByChannel) : LayerWord
{
    public override LayerInput Output(LayerInput input) => ByChannel ? LayerInput.Of(input.RequireImage()) : input;

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) => ByChannel
        ? Layer.ChannelDropout<T>(input.RequireImage(), Share, making.DropoutForm)
        : Layer.Dropout<T>(Share, making.DropoutForm);

    public override string ToString() => $"{(ByChannel ? "channel-dropout" : "dropout")}:{TrainOptions.Text(Share)}";
}

/// <summary>x + f(x), f being these layers.</summary>
internal sealed record ResidualWord(IReadOnlyList<LayerWord> Words) : LayerWord
{
    public override LayerInput Output(LayerInput input)
    {
        var (word, before) = InOrder(Words, input).Last();
        return word.Output(before) is var output && output == input ? output
            : throw new ArgumentException($"what is added to {input} must have that shape, but is {output}");
    }

    public override double Parameters(LayerInput input) =>
        InOrder(Words, input).Sum(each => each.Word.Parameters(each.Input));

    public override double Work(LayerInput input) => InOrder(Words, input).Sum(each => each.Word.Work(each.Input));

    public override ILayer<T> Create<T>(LayerInput input, LayerMaking making) =>
        Layer.Residual([.. InOrder(Words, input).Select(each => each.Word.Create<T>(each.Input, making))]);

    public override string ToString() => $"residual({string.Join(',', Words)})";
}

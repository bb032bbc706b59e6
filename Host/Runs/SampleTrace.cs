using Functional.Host.Charts;
using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Runs;

/// <summary>A part of a sum: a product, or a single number.</summary>
/// <param name="Text">As it is computed, with its numbers.</param>
/// <param name="Value">What it comes to.</param>
internal readonly record struct TracedPart(string Text, double Value);

/// <summary>A number on the way, computed part by part, beside what the library computed.</summary>
/// <param name="Name">What it is, as in <c>affine1 y2</c>.</param>
/// <param name="Parts">What is added, or the one formula.</param>
/// <param name="Library">The library's number, from <c>Network.Trace</c>.</param>
internal sealed record TracedNumber(string Name, IReadOnlyList<TracedPart> Parts, double Library)
{
    /// <summary>The sum of the parts.</summary>
    public double Own => Parts.Sum(part => part.Value);

    /// <summary>Whether both are the same to the last digit shown, but for what is left of rounding where parts
    /// cancel.</summary>
    public bool Agrees => SampleTrace.Text(Own) == SampleTrace.Text(Library)
        || Math.Abs(Own - Library) <= SampleTrace.Negligible * Parts.Max(part => Math.Abs(part.Value));
}

/// <summary>Where a number of a trace belongs.</summary>
internal enum TracedKind
{
    /// <summary>The outputs of a layer.</summary>
    Output,

    /// <summary>The probabilities and the loss.</summary>
    Loss,

    /// <summary>How the loss changes with the scores.</summary>
    Scores,

    /// <summary>How the loss changes with a layer's inputs.</summary>
    Input,

    /// <summary>How the loss changes with a layer's weights and biases.</summary>
    Parameters,
}

/// <summary>The numbers of one layer, forward or back.</summary>
internal sealed record TracedStep(
    string Layer, string Description, TracedKind Kind, IReadOnlyList<TracedNumber> Numbers);

/// <summary>One sample forward and its gradient back through a network of affine layers and activations: every product
/// and every sum. The weights are the run's own, to the last bit, and everything is computed in double precision. There
/// is no dropout and no penalty: the loss is that of evaluation.</summary>
internal sealed class SampleTrace
{
    /// <summary>A sum of numbers that cancel has rounding errors of theirs: up to this share.</summary>
    internal const double Negligible = 1e-13;

    private const int Digits = 5, MostParameters = 2000;

    private readonly List<TracedStep> steps = [];

    /// <summary>Follows a sample.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">One of its states.</param>
    /// <param name="sample">Which sample, from 0; those for testing come after those for training.</param>
    /// <exception cref="UsageException">The network has other layers, or another loss, or is too large.</exception>
    public SampleTrace(TrainingRun run, RunState state, int sample)
    {
        var network = Doubled(run, state.Network);
        (Sample, Step, IsTest) = (sample, state.Step, sample >= run.Data.Training.Count);
        var part = IsTest ? run.Data.Test : run.Data.Training;
        var place = IsTest ? sample - run.Data.Training.Count : sample;
        var batch = run.Encoded.Task.Batch(
            run.Encoded.Encoder.Encode<double>(part.Samples, [place]), part.Targets, [place]);
        Target = part.Classes.Labels[place];
        Class = part.Classes.Classification.Names[Target];
        Features = [.. Enumerable.Range(0, run.Encoded.Encoder.Features).Select(run.Encoded.Encoder.NameOf)];
        Inputs = [.. batch.Inputs.Column(0)];
        var trace = network.Trace(batch, Key.OfSeed(0));
        var outputs = trace.Layers.Select(layer => layer.Output.Column(0).ToArray()).ToArray();
        var gradients = trace.Layers.Select(layer => layer.OutputGradient.Column(0).ToArray()).ToArray();
        double[] InputOf(int layer) => layer == 0 ? Inputs : outputs[layer - 1];
        for (var i = 0; i < network.Layers.Count; i++)
            Add(network, i, TracedKind.Output, network.Layers[i] is Affine<double> affine
                ? Affine(affine, InputOf(i), outputs[i])
                : Activation(((ActivationLayer<double>)network.Layers[i]).Activation, InputOf(i), outputs[i]));
        var probabilities = Metrics.Probabilities(trace.Layers[^1].Output).Column(0).ToArray();
        steps.Add(new TracedStep("loss", "softmax, cross-entropy", TracedKind.Loss,
            Softmax(outputs[^1], probabilities, trace.Gradient.Loss)));
        steps.Add(new TracedStep("loss", "softmax, cross-entropy", TracedKind.Scores,
        [
            .. gradients[^1].Select((slope, k) => new TracedNumber($"dL/ds{k + 1}",
            [
                new(Text(probabilities[k]), probabilities[k]),
                .. k == Target ? [new TracedPart(Text(-1), -1)] : (TracedPart[])[],
            ], slope)),
        ]));
        for (var i = network.Layers.Count - 1; i >= 0; i--)
        {
            var name = network.Names[i];
            // Nothing is trained before the first layer.
            var back = i == 0 ? null : gradients[i - 1];
            if (network.Layers[i] is Affine<double> affine)
            {
                Add(network, i, TracedKind.Parameters, Parameters(
                    gradients[i], InputOf(i), trace.Gradient.Parameters[$"{name}.weight"].Matrix,
                    trace.Gradient.Parameters[$"{name}.bias"].Values));
                if (back is not null)
                    Add(network, i, TracedKind.Input,
                    [
                        .. back.Select((slope, input) => new TracedNumber($"dL/dx{input + 1}",
                        [
                            .. gradients[i].Select((above, unit) => Product(affine.Weight[unit, input], above)),
                        ], slope)),
                    ]);
            }
            else if (back is not null)
            {
                var slopes = Slopes(network.Layers[i], InputOf(i));
                Add(network, i, TracedKind.Input,
                    [.. back.Select((slope, unit) => new TracedNumber(
                        $"dL/dx{unit + 1}", [Product(slopes[unit], gradients[i][unit])], slope))]);
            }
        }
    }

    /// <summary>Which sample it is.</summary>
    public int Sample { get; }

    /// <summary>Whether it is one for testing.</summary>
    public bool IsTest { get; }

    /// <summary>The steps that were taken before.</summary>
    public int Step { get; }

    /// <summary>The sample's class.</summary>
    public int Target { get; }

    /// <summary>What that is called.</summary>
    public string Class { get; }

    /// <summary>What the features are called.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>The sample's features.</summary>
    public double[] Inputs { get; }

    /// <summary>Forward, then the loss, then back.</summary>
    public IReadOnlyList<TracedStep> Steps => steps;

    /// <summary>A number as the page shows it; what rounding leaves of a sum that cancels is 0.</summary>
    public static string Text(double value) => Typography.Value(Math.Abs(value) < Negligible ? 0 : value, Digits);

    // Without what is random, and in double precision.
    private static Network<double> Doubled(TrainingRun run, Network<float> network)
    {
        if (!network.Loss.Function.IsSoftmaxCrossEntropy || run.Configuration.LabelSmoothing != 0
            || network.Layers.FirstOrDefault(layer =>
                layer is not (Affine<float> or ActivationLayer<float> or DropoutLayer<float>)) is not null)
            throw new UsageException(
                "a trace follows affine layers and activations up to a softmax cross-entropy; this network has more");
        if (network.Parameters().Length > MostParameters)
            throw new UsageException(
                Invariant($"a trace shows every product: of up to {MostParameters:N0} parameters, ")
                + Invariant($"and this network has {network.Parameters().Length:N0}"));
        return Network.Adopt(
        [
            .. network.Layers.Where(layer => layer is not DropoutLayer<float>).Select(layer =>
                layer is Affine<float> affine
                    ? Layer.Affine(
                        affine.Weight.Map(value => (double)value), affine.Bias.Map(value => (double)value))
                    : (ILayer<double>)Layer.Of<double>(((ActivationLayer<float>)layer).Activation)),
        ], network.Loss);
    }

    private void Add(Network<double> network, int layer, TracedKind kind, IReadOnlyList<TracedNumber> numbers) =>
        steps.Add(new TracedStep(network.Names[layer], $"{network.Layers[layer]}", kind, numbers));

    private static TracedPart Product(double a, double b) => new($"{Text(a)} × {Text(b)}", a * b);

    private static TracedNumber[] Affine(Affine<double> layer, double[] x, double[] y) =>
    [
        .. y.Select((value, unit) => new TracedNumber($"y{unit + 1}",
        [
            .. x.Select((input, i) => Product(layer.Weight[unit, i], input)),
            new(Text(layer.Bias[unit]), layer.Bias[unit]),
        ], value)),
    ];

    private static TracedNumber[] Activation(Activation function, double[] x, double[] y)
    {
        var layer = Layer.Of<double>(function);
        return
        [
            .. y.Select((value, unit) => new TracedNumber(
                $"y{unit + 1}",
                [new($"{function}({Text(x[unit])})", layer.Predict(Matrix<double>.Build.Dense(1, 1, x[unit]))[0, 0])],
                value)),
        ];
    }

    private static TracedNumber[] Parameters(
        double[] above, double[] x, Matrix<double> weights, Vector<double> biases) =>
    [
        .. from unit in Enumerable.Range(0, above.Length)
           from i in Enumerable.Range(0, x.Length)
           select new TracedNumber($"dL/dw{unit + 1},{i + 1}", [Product(above[unit], x[i])], weights[unit, i]),
        .. above.Select((slope, unit) =>
            new TracedNumber($"dL/db{unit + 1}", [new(Text(slope), slope)], biases[unit])),
    ];

    private TracedNumber[] Softmax(double[] scores, double[] probabilities, double loss)
    {
        // As the library does it: exp of a large score is beyond all numbers, exp(s - max) is at most 1.
        var most = scores.Max();
        var powers = Array.ConvertAll(scores, score => Elementary.Exp(score - most));
        var sum = powers.Sum();
        var below = string.Join(" + ", powers.Select(Text));
        var shift = most < 0 ? $"+ {Text(-most)}" : $"− {Text(most)}";
        return
        [
            .. probabilities.Select((probability, k) => new TracedNumber(
                $"p{k + 1}", [new($"exp({Text(scores[k])} {shift}) / ({below})", powers[k] / sum)], probability)),
            new TracedNumber(
                "L",
                [
                    new($"ln({below})", Elementary.Log(sum)), new(Text(most), most),
                    new(Text(-scores[Target]), -scores[Target]),
                ],
                loss),
        ];
    }

    // What the pullback makes of ones.
    private static double[] Slopes(ILayer<double> layer, double[] x)
    {
        var (_, pullback) = layer.Forward(Matrix<double>.Build.Dense(x.Length, 1, x), Key.OfSeed(0));
        var (_, back) = pullback(Matrix<double>.Build.Dense(x.Length, 1, 1.0));
        return back.Value.Column(0).ToArray();
    }
}

using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Replays;

/// <summary>The training of a network as the book does it, from given parameters, on given samples, with given masks.
/// </summary>
internal sealed class NetworkReplay
{
    private readonly DataValue description;
    private readonly ReplayNetwork network;
    private readonly ReplayData data;
    private readonly ReplayMasks masks;

    private NetworkReplay(ReplayCase replayed)
    {
        description = replayed.Description;
        network = ReplayNetwork.Of(replayed);
        data = ReplayData.Of(replayed, network.Start.Inputs, network.Start.Outputs);
        masks = ReplayMasks.Of(replayed, network.Masks, data.Steps, data.BatchSize);
    }

    /// <summary>All steps: losses, the first gradient, and what training comes to.</summary>
    /// <exception cref="DataException">The case lacks something, or contradicts itself.</exception>
    public static IReadOnlyList<Tensor> Train(ReplayCase replayed) => new NetworkReplay(replayed).Train();

    /// <summary>The gradient of the first step, by pullbacks and by central differences.</summary>
    /// <exception cref="DataException">The case lacks something, or contradicts itself.</exception>
    public static IReadOnlyList<Tensor> CheckGradients(ReplayCase replayed) =>
        new NetworkReplay(replayed).CheckGradients();

    private IReadOnlyList<Tensor> Train()
    {
        var optimizer = ReplayOptimizer.Of(description["optimizer"]);
        var trained = network.Start;
        var state = optimizer.Init(trained.Parameters());
        var (before, after) = (new double[data.Steps], new double[data.Steps]);
        for (var step = 0; step < data.Steps; step++)
        {
            var batch = data.Batch(step);
            var gradient = trained.Gradient(batch, masks.At(step));
            (var parameters, state) = optimizer.Update(state, trained.Parameters(), gradient.Parameters);
            trained = trained.WithParameters(parameters).WithStatistics(gradient.Statistics);
            before[step] = gradient.Loss;
            after[step] = trained.LossOf(batch);
        }
        return
        [
            Tensor.Of("loss", [data.Steps], before),
            Tensor.Of("loss_after_eval", [data.Steps], after),
            .. Parameters("grad0", network.Start.Gradient(data.Batch(0), masks.At(0)).Parameters),
            .. Parameters("final", trained.Parameters()),
            .. ReplayNetwork.Tensors("bn", network.Statistics, trained.Statistics()),
            .. Scores(trained),
        ];
    }

    private IReadOnlyList<Tensor> CheckGradients()
    {
        var (batch, kept) = (data.Batch(0), masks.At(0));
        var gradient = network.Start.Gradient(batch, kept);
        return
        [
            Tensor.Of("loss", [1], [gradient.Loss]),
            .. Parameters("grad0", gradient.Parameters),
            .. Parameters("num", Numerical(varied => varied.TrainingLoss(batch, kept))),
        ];
    }

    // (f(w + h) - f(w - h)) / 2h for one element after the other.
    private Parameters<double> Numerical(Func<Network<double>, double> loss)
    {
        var h = description["numerical"]["h"].Number;
        if (h <= 0)
            throw description["numerical"]["h"].Error("a number above 0");
        var parameters = network.Start.Parameters();
        var elements = parameters.ToVector();
        double LossWith(int index, double value)
        {
            var varied = elements.Clone();
            varied[index] = value;
            return loss(network.Start.WithParameters(parameters.WithVector(varied)));
        }
        return parameters.WithVector(Vector<double>.Build.Dense(
            elements.Count, i => (LossWith(i, elements[i] + h) - LossWith(i, elements[i] - h)) / (2 * h)));
    }

    private IEnumerable<Tensor> Scores(Network<double> trained)
    {
        if (data.Test is not { } test)
            return [];
        // A column per sample is a row per sample to the case.
        var scores = trained.Predict(test);
        return [Tensor.Of("eval_scores", [scores.ColumnCount, scores.RowCount], scores.ToColumnMajorArray())];
    }

    private IEnumerable<Tensor> Parameters(string prefix, Parameters<double> leaves) =>
        ReplayNetwork.Tensors(prefix, network.Parameters, leaves);
}

using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Replay;

/// <summary>The training of a network as the book does it, from given parameters on given samples.</summary>
internal sealed class NetworkReplay
{
    private static readonly Key Unused = Key.OfSeed(0);

    private readonly CaseValue description;
    private readonly ReplayNetwork network;
    private readonly ReplayData data;

    private NetworkReplay(CaseValue description, ReplayNetwork network, ReplayData data) =>
        (this.description, this.network, this.data) = (description, network, data);

    /// <summary>What the case starts from.</summary>
    /// <exception cref="DataException">The case lacks something, or contradicts itself.</exception>
    public static NetworkReplay Of(ReplayCase replayed)
    {
        var network = ReplayNetwork.Of(replayed);
        var data = ReplayData.Of(replayed, network.Start.Inputs, network.Start.Outputs);
        return new NetworkReplay(replayed.Description, network, data);
    }

    /// <summary>All steps: losses, the first gradient, and what training comes to.</summary>
    /// <exception cref="DataException">The optimizer is unknown or wrong.</exception>
    public IReadOnlyList<Tensor> Train()
    {
        var state = Training.Start(network.Start, ReplayOptimizer.Of(description["optimizer"]));
        var (before, after) = (new double[data.Steps], new double[data.Steps]);
        for (var step = 0; step < data.Steps; step++)
        {
            var batch = data.Batch(step);
            (state, var report) = Training.Step(state, batch);
            before[step] = report.Loss;
            after[step] = state.Network.LossOf(batch);
        }
        return
        [
            Tensor.Of("loss", [data.Steps], before),
            Tensor.Of("loss_after_eval", [data.Steps], after),
            .. network.Tensors("grad0", network.Start.Gradient(data.Batch(0), Unused).Parameters),
            .. network.Tensors("final", state.Network.Parameters()),
            .. Scores(state.Network),
        ];
    }

    /// <summary>The gradient of the first step, by pullbacks and by central differences.</summary>
    /// <exception cref="DataException">The description lacks something.</exception>
    public IReadOnlyList<Tensor> CheckGradients()
    {
        var batch = data.Batch(0);
        var gradient = network.Start.Gradient(batch, Unused);
        return
        [
            Tensor.Of("loss", [1], [gradient.Loss]),
            .. network.Tensors("grad0", gradient.Parameters),
            .. network.Tensors("num", Numerical(batch)),
        ];
    }

    // (f(w + h) - f(w - h)) / 2h for one element after the other, f the loss in training.
    private Parameters<double> Numerical(Batch<double> batch)
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
            return network.Start.WithParameters(parameters.WithVector(varied)).Gradient(batch, Unused).Loss;
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
}

using System.Diagnostics;
using System.Globalization;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.ML.OnnxRuntime;

namespace Functional.Benchmarks;

/// <summary>Scores of one sample and of batches, beside ONNX Runtime with the same network: both in this process, in
/// alternating rounds, with one thread and with all. Neither makes anything but the scores: Functional's are a new
/// matrix in each call, ONNX Runtime's go to an array that is there.</summary>
internal static class InferenceBenchmark
{
    private const int Rounds = 5;
    private static readonly int[][] Networks = [[784, 50, 10], [784, 1024, 1024, 10]];
    private static readonly int[] Batches = [1, 100, 10_000];

    /// <summary>Measures everything and writes a table.</summary>
    /// <param name="words">The seconds for a block, if not 0.2.</param>
    public static int Run(string[] words)
    {
        var seconds = words is [var text, ..] ? double.Parse(text, CultureInfo.InvariantCulture) : 0.2;
        Console.WriteLine("| network | samples | threads | Functional (us) | ONNX Runtime (us) | times as fast |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var sizes in Networks)
        {
            // With this loss a model's file has nothing but the scores.
            var network = Network.Create(sizes, Activation.Relu, Initializer.He, seed: 1)
                .WithLoss(Loss.MeanSquaredError);
            using var file = new MemoryStream();
            OnnxExport.Save(file, new Model<float>(network));
            foreach (var samples in Batches)
                foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
                    Measure(file.ToArray(), sizes, network, samples, threads, seconds);
        }
        return 0;
    }

    private static void Measure(
        byte[] file, int[] sizes, Network<float> network, int samples, int threads, double seconds)
    {
        var x = Matrix<float>.Build.Random(network.Inputs, samples, seed: 1);
        var (columns, scores) = (x.AsColumnMajorArray(), new float[network.Outputs * samples]);
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(file, options);
        using var inputs = OrtValue.CreateTensorValueFromMemory(columns, [samples, network.Inputs]);
        using var outputs = OrtValue.CreateTensorValueFromMemory(scores, [samples, network.Outputs]);
        using var run = new RunOptions();
        void Theirs() => session.Run(run, [session.InputNames[0]], [inputs], [session.OutputNames[0]], [outputs]);
        void Ours() => network.Predict(x);
        Theirs();
        var error = network.Predict(x).AsColumnMajorArray().Zip(scores, (a, b) => Math.Abs(a - b)).Max();
        if (!(error < 1e-3))
            throw new InvalidOperationException($"the scores differ by {error}");
        var (ours, theirs) = (double.PositiveInfinity, double.PositiveInfinity);
        Threads.Use(threads, () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                ours = Math.Min(ours, Block(Ours, seconds));
                theirs = Math.Min(theirs, Block(Theirs, seconds));
            }
            return 0;
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {string.Join('-', sizes)} | {samples:N0} | {threads} | "
            + $"{ours * 1e6:F1} | {theirs * 1e6:F1} | {theirs / ours:F1} |"));
    }

    // The mean of a call, after a warm-up of a quarter as long.
    private static double Block(Action call, double seconds)
    {
        Calls(call, seconds / 4);
        return Calls(call, seconds);
    }

    private static double Calls(Action call, double seconds)
    {
        var (start, count) = (Stopwatch.GetTimestamp(), 0);
        do
        {
            for (var i = 0; i < 10; i++)
                call();
            count += 10;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
    }
}

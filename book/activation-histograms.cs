// 6.2.2: how the deviation of the weights shapes the activations of five layers.
//
//     dotnet build -c Release && dotnet run book/activation-histograms.cs

using Functional;
using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;

var key = Key.OfSeed(1);
var x = Matrix<double>.Build.Dense(100, 200, key.Child(0).Normals(100 * 200));
var agree = true;
foreach (var (name, deviation) in new[] { ("1", 1.0), ("0.01", 0.01), ("Xavier", Math.Sqrt(1.0 / 100)) })
{
    var weights = Enumerable.Range(1, 5).Select(layer =>
        deviation * Matrix<double>.Build.Dense(100, 100, key.Child(layer).Normals(100 * 100))).ToArray();

    // By hand: each layer takes what the layer before gave, and the counts of ten bins.
    var byHand = new List<double[]>();
    var h = x;
    foreach (var weight in weights)
    {
        h = (weight * h).Map(value => 1 / (1 + Math.Exp(-value)));
        var counts = new double[10];
        foreach (var value in h.Enumerate())
            counts[Math.Min(9, (int)(10 * value))]++;
        byHand.Add(counts);
    }

    // With the library: a network's trace has the outputs of all layers.
    var network = Network.Of<double>([.. weights.SelectMany(weight => (ILayer<double>[])
        [Layer.Affine(weight, Vector<double>.Build.Dense(100)), Layer.Of<double>(Activation.Sigmoid)])]);
    var trace = network.Trace(Batch.Of(x, new int[200]), key);
    var ours = trace.Layers.Where(layer => layer.Layer.StartsWith("sigmoid")).Select(layer =>
        Bins.Of([.. layer.Output.Enumerate()], count: 10, low: 0, high: 1).Counts).ToArray();

    Console.WriteLine($"deviation {name}");
    foreach (var (layer, counts) in byHand.Index())
    {
        Console.WriteLine($"  layer {layer + 1}: {string.Join(" ", counts.Select(count => $"{count,6}"))}");
        // A value on the edge of two bins may be rounded into either.
        agree = agree && counts.Zip(ours[layer], (a, b) => Math.Abs(a - b)).Max() <= 2;
    }
}
Console.WriteLine(agree ? "the library's histograms are the same" : "the library's histograms differ");
return agree ? 0 : 1;

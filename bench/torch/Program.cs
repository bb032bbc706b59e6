// Training steps in TorchScript on LibTorch, beside those of `functional bench`. See bench/README.md.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Functional.Benchmarks.Torch;
using TorchSharp;
using static TorchSharp.torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["weights", var folder, var seed])
{
    ForeignWeights.Write(folder, long.Parse(seed));
    return 0;
}
if (args.Length > 3)
{
    Console.Error.WriteLine("bench/torch [SECONDS [NAME[,...] [THREADS]]]\nbench/torch weights FOLDER SEED");
    return 2;
}
var seconds = args.Length > 0 ? double.Parse(args[0]) : 2;
var plans = Plan.All.Where(plan => args.Length < 2 || args[1].Split(',').Contains(plan.Name)).ToArray();
int[] threadCounts = args.Length > 2 ? [int.Parse(args[2])] : [1, Environment.ProcessorCount];

// A step takes as long with random images.
using Tensor images = rand(60_000, 1, 28, 28), labels = randint(0, 10, [60_000]);
foreach (var plan in plans)
{
    var error = new ScriptedStep(plan, images, labels, channelsLast: false).LargestError();
    if (!(error < 1e-4))
        throw new InvalidOperationException($"{plan.Name}: a gradient is off by {error} of its largest element");
    foreach (var threads in threadCounts)
        // Images have two memory layouts; without convolutions there is nothing to choose.
        foreach (var channelsLast in plan.Parts[0].Kind == Kind.Convolution ? new[] { false, true } : [false])
        {
            set_num_threads(threads);
            var step = new ScriptedStep(plan, images, labels, channelsLast);
            var best = Fastest(step.Run, seconds);
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                peer = $"torchscript {__version__}",
                workload = plan.Name,
                threads,
                layout = channelsLast ? "channels last" : "channels first",
                us_per_step = Math.Round(best * 1e6, 1),
            }));
        }
}
return 0;

// Of five blocks, after a warm-up of half as long.
static double Fastest(Action step, double seconds)
{
    Block(step, seconds / 2);
    return Enumerable.Range(0, 5).Min(_ => Block(step, seconds / 5));
}

static double Block(Action step, double seconds)
{
    var (start, count) = (Stopwatch.GetTimestamp(), 0);
    do
    {
        step();
        count++;
    }
    while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
    return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
}

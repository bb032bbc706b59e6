using System.CommandLine;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional predict</c>: what a model says of samples.</summary>
internal static class PredictCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var model = new ModelArgument();
        var files = new Argument<string[]>("files")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "samples: images (.png, .jpg, .bmp, .gif, .pgm, IDX), arrays (.npy), tables (.csv, .tsv, "
                + ".txt, also with .gz; .parquet, .arrow), or folders of images and arrays",
        };
        var features = new Option<bool>("--features")
        {
            Description = "the arrays hold scaled features: don't apply the model's means and deviations",
        };
        var fit = new Option<Fit?>("--fit")
        {
            HelpName = "digit|stretch",
            Description = "how a picture is made to fit the model: digit (ink is cut out and centered, as MNIST's was) "
                + "or stretch (default: digit for gray images of another size than the model's, stretch for colored)",
        };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "predict", "Classify samples with the probability of each class, or give their quantities.",
            ("functional predict runs/NAME photo.png", "which digit is in the photo?"),
            ("functional predict runs/NAME flowers.csv --json", "every row of a table, as JSON"))
        {
            model.Path, files, features, fit, model.Activation, threads, json,
        };
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            var (loaded, areFeatures) = (model.Load(parsed), parsed.GetValue(features));
            if (areFeatures)
                loaded = loaded with { Encoder = loaded.Encoder.OfFeatures };
            var report = parsed.GetValue(json) ? new JsonReport(Console.Out) : null;
            foreach (var file in parsed.GetValue(files)!.SelectMany(SampleFile.Expand))
            {
                var samples = SampleFile.Read(file, loaded, parsed.GetValue(fit));
                if (report is null && PictureFile.IsOne(file) && samples is Images seen)
                    Console.Write(PictureText.Of(seen));
                if (!areFeatures)
                    Hints.Write(SampleHints.Of(file, samples, loaded));
                var scores = ModelEvaluation.Scores(loaded, file, samples, parsed.GetValue(threads));
                var predictions = loaded.Predictions(scores);
                foreach (var (i, answer) in predictions.Index())
                    if (report is not null)
                        report.Write("prediction", PredictionRequest.Answered(
                            loaded.Task, answer, new JsonObject { ["file"] = file, ["index"] = i }));
                    else
                        Console.WriteLine(
                            Invariant($"{file}{(predictions.Count == 1 ? "" : $"[{i}]")}  {Say($"{answer}")}"));
            }
            return ExitCode.Done;
        }));
        return command;
    }
}

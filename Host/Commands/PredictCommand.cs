using System.CommandLine;
using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Reporting;

namespace Functional.Host.Commands;

/// <summary><c>functional predict</c>: what a model says of samples.</summary>
public static class PredictCommand
{
    private const double Mentioned = 0.01;
    private const int MostMentioned = 3;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var model = new ModelArgument();
        var files = new Argument<string[]>("files")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "samples: images (IDX, PGM), arrays (.npy), tables (.csv), or folders of images and arrays",
        };
        var features = new Option<bool>("--features")
        {
            Description = "the arrays hold features already: means and deviations of the model are not applied",
        };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new Verb("predict", "Tell the class of samples, and the probabilities.",
            ("functional predict runs/NAME two.pgm", "which class is the image?"),
            ("functional predict runs/NAME flowers.csv --json", "every row of a table, for a program"))
        {
            model.Path, files, features, model.Activation, threads, json,
        };
        command.SetAction(parsed =>
        {
            var loaded = model.Load(parsed);
            if (parsed.GetValue(features))
                loaded = loaded with { Scale = FeatureScale.None };
            var report = parsed.GetValue(json) ? new JsonReport(Console.Out) : null;
            foreach (var file in parsed.GetValue(files)!.SelectMany(SampleFile.Expand))
            {
                var samples = SampleFile.Read(file, loaded);
                var scores = ModelEvaluation.Scores(loaded, file, samples, parsed.GetValue(threads));
                var isOfClasses = loaded.Network.Loss.Function.IsSoftmaxCrossEntropy;
                var (classes, numbers) = (Metrics.Classes(scores), isOfClasses ? Metrics.Softmax(scores) : scores);
                for (var i = 0; i < classes.Length; i++)
                {
                    float[] values = [.. numbers.Column(i)];
                    if (report is not null)
                        report.Write("prediction", new
                        {
                            File = file, Index = i, Class = classes[i],
                            Name = classes[i] < 0 ? null : loaded.ClassName(classes[i]),
                            Probabilities = isOfClasses ? values : null, Scores = isOfClasses ? null : values,
                        });
                    else
                        Console.WriteLine($"{(classes.Length == 1 ? file : Invariant($"{file}[{i}]"))}  {Line(loaded, classes[i], values, isOfClasses)}");
                }
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static string Line(Model<float> model, int answer, float[] values, bool isOfClasses)
    {
        if (answer < 0)
            return "no class: a score is not a number";
        string Of(int label) =>
            $"{model.ClassName(label)} {(isOfClasses ? PlainReport.Percent(values[label]) : Invariant($"{values[label]:G4}"))}";
        var others = Enumerable.Range(0, values.Length)
            .Where(label => label != answer && isOfClasses && values[label] >= Mentioned)
            .OrderByDescending(label => values[label]).Take(MostMentioned).Select(Of).ToArray();
        return others.Length == 0 ? Of(answer) : $"{Of(answer)}  ({string.Join(", ", others)})";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

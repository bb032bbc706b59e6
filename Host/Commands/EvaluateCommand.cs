using System.CommandLine;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional evaluate</c>: evaluates a model on data.</summary>
internal static class EvaluateCommand
{
    private static readonly string[] Parts = ["test", "training", "all"];

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var model = new ModelArgument();
        var data = new Option<string?>("--data")
        {
            HelpName = "NAME|DIR|FILE",
            Description = "the data, as in train [default: the data of the model's run]",
        };
        data.CompletionSources.Add([.. DataSets.Names]);
        var label = new Option<string?>("--label")
        {
            HelpName = "COLUMN",
            Description = "for a table: the column with the correct answers [default: as in the model]",
        };
        var part = new Option<string>("--part")
        {
            HelpName = string.Join('|', Parts),
            Description = "the part of the data to use",
            DefaultValueFactory = _ => Parts[0],
        };
        part.AcceptOnlyFromAmong(Parts);
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "evaluate", "Evaluate a model on data: accuracy, loss, each class, and the confusion matrix.",
            ("functional evaluate runs/NAME --data digits", "accuracy on the test samples, in all and by class"),
            ("functional evaluate model.safetensors --data flowers.csv --part all",
                "a model file, on all rows of a table"))
        {
            model.Path, data, label, part, model.Activation, threads, json,
        };
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            var loaded = model.Load(parsed);
            var run = parsed.GetValue(data) is null ? RunOf(parsed.GetValue(model.Path)!) : null;
            var name = parsed.GetValue(data) ?? run!.Data;
            var found = DataSets.Load(name, new DataOptions
            {
                Label = parsed.GetValue(label) ?? loaded.Task.Target ?? run?.Label,
                Known = TableForm.Of(loaded.Encoder, loaded.Task),
            });
            var wanted = parsed.GetValue(part)!;
            DataPart[] parts = wanted switch
            {
                "test" => [found.Test],
                "training" => [found.Training],
                _ => [found.Training, found.Test],
            };
            var report = ModelEvaluation.Of(loaded, name, parts, parsed.GetValue(threads));
            switch (report)
            {
                case ClassEvaluation classes when parsed.GetValue(json):
                    WriteEvents(loaded, name, wanted, classes);
                    break;
                case ClassEvaluation classes:
                    WriteTable(loaded, name, wanted, classes);
                    break;
                case QuantityEvaluation quantities:
                    Write(loaded, name, wanted, quantities, parsed.GetValue(json));
                    break;
            }
            return ExitCode.Done;
        }));
        return command;
    }

    private static TrainConfiguration RunOf(string model)
    {
        var paths = new RunPaths(Directory.Exists(model) ? model : Path.GetDirectoryName(model) ?? "");
        return File.Exists(paths.Configuration)
            ? ConfigurationFile.Read(paths.Configuration)
            : throw new UsageException(
                $"--data: expected the data to evaluate on, since {model} is not in the folder of a run");
    }

    private static void WriteEvents(Model<float> model, string data, string part, ClassEvaluation evaluation)
    {
        var report = new JsonReport(Console.Out);
        var confusion = evaluation.Confusion;
        var classes = Enumerable.Range(0, confusion.Classes).ToArray();
        foreach (var label in classes)
            report.Write(
                "class", ("class", label), ("name", model.ClassName(label)), ("samples", confusion.Actual(label)),
                ("precision", confusion.Precision(label)), ("recall", confusion.Recall(label)),
                ("f1", confusion.F1(label)),
                ("predicted", JsonReport.List(classes.Select(predicted => (JsonNode)confusion[label, predicted]))),
                ("unanswered", confusion.Unanswered(label)));
        report.Write(
            "summary", ("data", data), ("part", part), ("samples", confusion.Samples), ("accuracy", confusion.Accuracy),
            ("balancedAccuracy", evaluation.BalancedAccuracy),
            ("loss", evaluation.Loss), ("macroPrecision", confusion.MacroPrecision),
            ("macroRecall", confusion.MacroRecall),
            ("macroF1", confusion.MacroF1), ("calibrationError", evaluation.CalibrationError),
            ("digest", model.Network.Digest()));
    }

    private static void Write(
        Model<float> model, string data, string part, QuantityEvaluation evaluation, bool json)
    {
        var (samples, report) = (evaluation.Quantities[0].Truths.Length, new JsonReport(Console.Out));
        if (!json)
        {
            Console.WriteLine(model.Network);
            Console.WriteLine(Say(Invariant($"{data}, {part}: {Plural.Of(samples, "sample")}")));
        }
        foreach (var (i, (name, score, _, _)) in evaluation.Quantities.Index())
            if (json)
                report.Write(
                    "quantity", ("name", name), ("meanAbsoluteError", score.MeanAbsoluteError),
                    ("rootMeanSquaredError", score.RootMeanSquaredError), ("rSquared", score.RSquared));
            else
                Console.WriteLine(Say(
                    $"{Visible.Line(name)}{(evaluation.Task.IsDate(i) ? ", in days" : "")}: {score}"));
        if (json)
            report.Write(
                "summary", ("data", data), ("part", part), ("samples", samples), ("digest", model.Network.Digest()));
    }

    /// <summary>The confusion matrix. Where names don't fit side by side, they are numbered, and head rows only.
    /// </summary>
    internal static TextTable Matrix(ConfusionMatrix confusion, IReadOnlyList<string> names, int width)
    {
        string[] numbers = [.. names.Select((_, label) => Invariant($"{label}"))];
        var named = Headed(names, names);
        return named.Fits(width) || names.SequenceEqual(numbers) ? named
            : Headed([.. numbers.Zip(names, (number, name) => $"{number} {name}")], numbers);

        TextTable Headed(IReadOnlyList<string> rows, IReadOnlyList<string> columns)
        {
            var table = new TextTable([TextTable.Left(""), .. columns.Select(TextTable.Right)]);
            foreach (var (actual, row) in rows.Index())
                table.Add([row, .. columns.Index().Select(
                    predicted => Invariant($"{confusion[actual, predicted.Index]}"))]);
            return table;
        }
    }

    // A share of none is none.
    private static string Share(double share, int of) => of == 0 ? "-" : Percentage.Of(share);

    private static void WriteTable(Model<float> model, string data, string part, ClassEvaluation evaluation)
    {
        var confusion = evaluation.Confusion;
        int[] classes = [.. Enumerable.Range(0, confusion.Classes)];
        Console.WriteLine(model.Network);
        Console.WriteLine(Say(Invariant($"{data}, {part}: {Plural.Of(confusion.Samples, "sample")}")));
        Console.WriteLine(Say(
            $"accuracy {Percentage.Of(confusion.Accuracy)}, balanced {Percentage.Of(evaluation.BalancedAccuracy)}, "
            + Invariant($"macro F1 {Percentage.Of(confusion.MacroF1)}, loss {evaluation.Loss:F4}")));
        Console.WriteLine();
        var quality = new TextTable(
            TextTable.Left(Say("class")), TextTable.Right(Say("samples")), TextTable.Right(Say("precision")),
            TextTable.Right(Say("recall")), TextTable.Right("F1"));
        foreach (var label in classes)
            quality.Add(
                model.ClassName(label), Invariant($"{confusion.Actual(label):N0}"),
                Share(confusion.Precision(label), confusion.Predicted(label)),
                Share(confusion.Recall(label), confusion.Actual(label)),
                Share(confusion.F1(label), confusion.Actual(label) + confusion.Predicted(label)));
        quality.Write();
        Console.WriteLine();
        Console.WriteLine(Say("confusion matrix: true class (rows), predicted class (columns)"));
        Matrix(confusion, [.. classes.Select(model.ClassName)], TextTable.Room).Write();
        var unanswered = classes.Sum(confusion.Unanswered);
        if (unanswered > 0)
            Console.WriteLine(Say($"{Plural.Of(unanswered, "sample")} got no answer: a score was not a number"));
    }
}

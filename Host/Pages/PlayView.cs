using System.Text.Json.Nodes;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Pages;

/// <summary>What the playground shows of a run at a moment.</summary>
/// <param name="run">The run.</param>
/// <param name="language">Of its texts.</param>
/// <param name="translate">What the doctor says, in that language.</param>
internal sealed class PlayView(PlayedRun run, Language language, Func<string, string> translate)
{
    private const int PlaneCells = 50, UnitCells = 20, PlaneWidth = 480, UnitWidth = 200, CurveWidth = 460;
    private const int MostFindings = 3;

    private readonly (double Low, double High)[] edges =
        [.. ((Rows)run.Run.Data.Training.Samples).Columns.Select((_, i) => Edges(run, i))];

    /// <summary>The moment as pieces of the page, by the ids of their places.</summary>
    public JsonObject At(PlayedMoment moment)
    {
        var network = moment.State.Network;
        var step = moment.State.Step;
        return new JsonObject
        {
            ["step"] = step,
            ["digest"] = network.Digest(),
            ["ended"] = moment.HasDiverged || step >= PlaySettings.MostSteps,
            ["numbers"] = Numbers(moment, network).Text,
            ["plane"] = Plane(network).Text,
            ["course"] = Course(moment).Text,
            ["units"] = Units(network).Text,
            ["doctor"] = Findings(moment).Text,
            ["shell"] = PlayCode.Shell(run.Run.Configuration, step) ?? Say(
                "# functional train takes at least one step, so no command gives step 0; the programs do.",
                "# functional trainは1ステップ以上学習するため、ステップ0のコマンドはありません。"
                    + "プログラムなら再現できます。"),
            ["csharp"] = PlayCode.CSharp(run.Run.Configuration, step),
            ["fsharp"] = PlayCode.FSharp(run.Run.Configuration, step),
            ["page"] = PlaySettings.Command(run.Run.Configuration, step),
        };
    }

    private Markup Numbers(PlayedMoment moment, Network<float> network)
    {
        var step = moment.State.Step;
        var last = moment.Course[^1];
        string Losses(double loss, Batch<float> batch) =>
            Invariant($"{Typography.Value(loss)}, {100 * network.Accuracy(batch):F1}%");
        return Page.Table(
        [
            (Say("Step", "ステップ"), Invariant($"{step:N0}")),
            (Say("Epoch", "エポック"), Invariant($"{(double)step / run.Run.StepsPerEpoch:F1}")),
            (Say("Training: loss, accuracy", "訓練：損失、認識精度"), Losses(last.Training, run.Training)),
            (Say("Test: loss, accuracy", "テスト：損失、認識精度"), Losses(last.Test, run.Test)),
            (Say("Parameters", "パラメータ"), Invariant($"{network.Parameters().Length:N0}")),
            (Say("Digest", "ダイジェスト"), network.Digest()),
        ]);
    }

    private Markup Plane(Network<float> network)
    {
        var rows = (Rows)run.Run.Data.Training.Samples;
        var probabilities = Metrics.Probabilities(network.Predict(Grid(PlaneCells)));
        var classes = ((Classes)run.Run.Data.Training.Targets).Classification.Names;
        var (colors, depths) = (new int[PlaneCells * PlaneCells], new double[PlaneCells * PlaneCells]);
        for (var cell = 0; cell < colors.Length; cell++)
        {
            var shares = probabilities.Column(cell);
            colors[cell] = shares.MaximumIndex();
            // Of two classes from 1/2 on, of more from where all are alike.
            depths[cell] = (shares[colors[cell]] - (1.0 / classes.Count)) / (1 - (1.0 / classes.Count));
        }
        Axis Along(int column) =>
            Axis.Between(rows.NameOf(column), edges[column].Low, edges[column].High);
        return Figure(new RegionChart(
            Say("What the network says of each place, and the data", "各点に対するネットワークの答えとデータ"),
            Along(0), Along(1))
        {
            Regions = new Shading(PlaneCells, colors, depths),
            Points =
            [
                .. Points(run.Run.Data.Training, classes, Marker.Circle, ""),
                .. Points(run.Run.Data.Test, classes, Marker.Cross, Say(", test", "、テスト")),
            ],
            Aspect = 0.95,
        }, PlaneWidth);
    }

    private static IEnumerable<Series> Points(
        DataPart part, IReadOnlyList<string> classes, Marker marker, string suffix)
    {
        var columns = ((Rows)part.Samples).Columns;
        var labels = part.Classes.Labels;
        return classes.Select((name, label) =>
        {
            var own = part.All.Where(i => labels[i] == label).ToArray();
            double[] Of(int column) => [.. own.Select(i => ((NumberColumn)columns[column]).Values[i])];
            return new Series(name + suffix, Of(0), Of(1)) { Marker = marker, Color = label };
        });
    }

    private Markup Course(PlayedMoment moment)
    {
        double[] steps = [.. moment.Course.Select(point => (double)point.Step)];
        return Figure(new LineChart(
            Say("Loss over the steps", "損失の推移"), Say("step", "ステップ"),
            new Axis(Say("loss", "損失")) { Minimum = 0 })
        {
            Series =
            [
                new Series(Say("training", "訓練"), steps, [.. moment.Course.Select(point => point.Training)]),
                new Series(Say("test", "テスト"), steps, [.. moment.Course.Select(point => point.Test)])
                    { Dash = Dash.Dashed },
            ],
        }, CurveWidth);
    }

    // The outputs of each hidden layer's units over the plane: what is above 0 in one color, what is below in another.
    private Markup Units(Network<float> network)
    {
        var x = Grid(UnitCells);
        var layers = new List<Markup>();
        foreach (var layer in network.Layers)
        {
            x = layer.Predict(x);
            if (layer is ActivationLayer<float>)
                layers.Add(Layer(layers.Count + 1, x));
        }
        return layers.Count > 0 ? Markup.Lines(layers)
            : Page.Paragraph(Say("There are no hidden layers.", "隠れ層はありません。"));
    }

    private Markup Layer(int number, Matrix<float> outputs) => Markup.Of($"""
        <div><h3>{Say(Invariant($"Hidden layer {number}"), Invariant($"隠れ層{number}"))}</h3>
        <div class="units">{Markup.Join(Enumerable.Range(0, outputs.RowCount).Select(unit =>
        {
            var values = outputs.Row(unit);
            var most = values.Enumerate().Max(Math.Abs);
            return Figure(new ShadedSquare(
                Say(Invariant($"Layer {number}, unit {unit + 1}: up to {Typography.Value(most)}"),
                    Invariant($"層{number}のユニット{unit + 1}：最大{Typography.Value(most)}")),
                new Shading(
                    UnitCells, [.. values.Select(value => value > 0 ? 1 : 0)],
                    [.. values.Select(value => most > 0 ? Math.Abs(value) / most : 0.0)])), UnitWidth);
        }))}</div></div>
        """);

    private Markup Findings(PlayedMoment moment)
    {
        if (moment.HasDiverged)
            return Page.Paragraph(Say(
                "The next step's loss would not be finite: the run ends here, after "
                    + $"{Plural.Of(moment.State.Step, "step")}. A smaller learning rate helps.",
                "次のステップで損失が有限でなくなるため、ここで終わります。学習率を小さくしてください。"));
        var start = run.Run.Start.Training;
        var found = Doctor.Doctor.Glance(run.Run.Configuration, new ObservedTraining(
            start, moment.State.Training,
            moment.Losses.Count > 0 ? moment.Losses : [start.Network.TrainingLoss(run.Training, start.Key)],
            run.Training, run.Test));
        if (found.Count == 0)
            return Page.Paragraph(moment.Losses.Count == 0
                ? Say("Nothing is wrong before the first step.", "最初のステップの前に問題はありません。")
                : Say("Nothing is wrong that can be seen from outside.", "見たところ問題はありません。"));
        return Markup.Lines(found.Take(MostFindings).Select(finding => Page.Paragraph(Say(
            $"{Capitalized(finding.Name.Replace('-', ' '))}: {finding.Evidence}. {finding.Advice}.",
            $"{DoctorTexts.InJapanese(finding.Kind).Name}：{DoctorTexts.InJapanese(finding.Kind).Meaning}"
                + $"{translate(finding.Evidence)}。{translate(finding.Advice)}。"))));
    }

    // Features of the middles of cells, row by row from the bottom.
    private Matrix<float> Grid(int cells)
    {
        var numbers = new double[2 * cells * cells];
        for (var cell = 0; cell < cells * cells; cell++)
            for (var column = 0; column < 2; column++)
            {
                var (low, high) = edges[column];
                var place = column == 0 ? cell % cells : cell / cells;
                numbers[(2 * cell) + column] = low + ((high - low) * (place + 0.5) / cells);
            }
        var names = ((Rows)run.Run.Data.Training.Samples).Columns.Select(column => column.Name).OfType<string>();
        var samples = Rows.Of(numbers, 2, names.ToArray() is { Length: 2 } both ? both : null);
        return run.Run.Encoded.Encoder.Encode<float>(samples, samples.All);
    }

    private static (double Low, double High) Edges(PlayedRun run, int column)
    {
        var values = ((DataPart[])[run.Run.Data.Training, run.Run.Data.Test])
            .SelectMany(part => ((NumberColumn)((Rows)part.Samples).Columns[column]).Values).ToArray();
        var margin = 0.08 * (values.Max() - values.Min());
        return (values.Min() - margin, values.Max() + margin);
    }

    private Markup Figure(Chart chart, double width)
    {
        var shown = chart with
        {
            ShowTitle = false, Description = language == Language.Japanese ? chart.Title : chart.Description,
        };
        return Markup.Of($"<figure>{new Markup(shown.ToSvg(width))}</figure>");
    }

    private string Say(string english, string japanese) => new LocalizedText(english, japanese).In(language);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

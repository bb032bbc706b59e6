using Microsoft.ML;
using Microsoft.ML.Data;

namespace Functional.Benchmarks.Tables;

/// <summary>ML.NET's learners with their own defaults: accuracy for classes, root mean squared error for
/// quantities, on the test rows.</summary>
internal static class Peers
{
    public static IReadOnlyList<(string Name, Func<Table, string[][], string[][], int, double> Measure)> All { get; } =
    [
        ("FastTree", (table, training, test, seed) => Measure(table, training, test, true, seed,
            ml => ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastTree()),
            ml => ml.Regression.Trainers.FastTree())),
        ("LightGBM", (table, training, test, seed) => Measure(table, training, test, true, seed,
            ml => ml.MulticlassClassification.Trainers.LightGbm(),
            ml => ml.Regression.Trainers.LightGbm())),
        ("linear", (table, training, test, seed) => Measure(table, training, test, false, seed,
            ml => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(),
            ml => ml.Regression.Trainers.Sdca())),
    ];

    private sealed class Sample
    {
        public float[] Features { get; set; } = [];

        public string Class { get; set; } = "";

        public float Label { get; set; }
    }

    private sealed class Answer
    {
        public float Score { get; set; }
    }

    private static double Measure(
        Table table, string[][] training, string[][] test, bool isForTrees, int seed,
        Func<MLContext, IEstimator<ITransformer>> classifier, Func<MLContext, IEstimator<ITransformer>> regressor)
    {
        var ml = new MLContext(seed);
        var encoder = table.Encoder(training, isForTrees);
        // The linear learner is given a quantity at mean 0 and deviation 1, as we give it to our networks.
        var (mean, deviation) =
            table.IsQuantity && !isForTrees ? Moments(Array.ConvertAll(training, Quantity)) : (0, 1);
        var (trainingView, testView) = (View(training), View(test));
        if (!table.IsQuantity)
        {
            var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(classifier(ml))
                .Fit(trainingView);
            return ml.MulticlassClassification.Evaluate(model.Transform(testView)).MicroAccuracy;
        }
        var answers = ml.Data.CreateEnumerable<Answer>(regressor(ml).Fit(trainingView).Transform(testView), false);
        return Math.Sqrt(answers.Zip(test).Average(pair =>
            Math.Pow((pair.First.Score * deviation) + mean - Quantity(pair.Second), 2)));

        double Quantity(string[] row) => Table.Number(table.LabelOf(row))!.Value;

        IDataView View(string[][] rows)
        {
            Sample[] samples = Array.ConvertAll(rows, row => table.IsQuantity
                ? new Sample { Features = encoder(row), Label = (float)((Quantity(row) - mean) / deviation) }
                : new Sample { Features = encoder(row), Class = table.LabelOf(row) });
            var schema = SchemaDefinition.Create(typeof(Sample));
            var features = samples[0].Features.Length;
            schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
            if (!table.IsQuantity)
                schema.Remove(schema["Label"]);
            return ml.Data.LoadFromEnumerable(samples, schema);
        }
    }

    internal static (double Mean, double Deviation) Moments(double[] numbers)
    {
        var mean = numbers.Average();
        return (mean, Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean))));
    }
}

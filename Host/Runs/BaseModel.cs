using System.Security.Cryptography;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>The model that a run begins from: fine-tuning. Its layers and its encoder are kept; its last layer makes
/// way for a new one where the data have other classes or quantities than it knows.</summary>
/// <param name="Model">The model.</param>
/// <param name="Name">Where it is, as it was given; null of one that was given as a value.</param>
internal sealed record BaseModel(Model<float> Model, string? Name = null)
{
    /// <summary>The one that a configuration names; null if it names none.</summary>
    /// <exception cref="DataException">It can't be read.</exception>
    public static BaseModel? Of(TrainConfiguration configuration)
    {
        if (configuration.ModelPath is not { } path)
            return null;
        if (RunOrigin.Parse(path) is var (folder, step))
            throw new UsageException(new Fault(nameof(TrainConfiguration.From), Invariant(
                $"only train goes on from a step of a run; from C#: TrainingRun.Open(\"{folder}\")")
                + Invariant($".Fork({step}, ...)")));
        if (!Directory.Exists(path) && DataFile.Open(path, stream => ModelFile.IsForeign(stream, path)))
            throw new DataException(
                path, null, "a model that Functional has written",
                "weights of another tool, which say nothing of activations and encoding: load and save them from C# "
                + "first (docs/models.md, Beginning from a model)");
        return new BaseModel(Models.Model.Load<float>(path), path);
    }

    /// <summary>SHA-256 of all that a run takes from it: layers, numbers, encoder, task.</summary>
    public string Digest => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{ModelText.Of(Model)}{Model.Network.Digest()}")));

    /// <summary>How data are read for it: a table's columns as the model has them.</summary>
    /// <exception cref="UsageException">An option speaks of a column that the model takes.</exception>
    public DataOptions Reading(DataOptions options)
    {
        if (TableForm.Of(Model.Encoder, Model.Task) is not { Columns: { Count: > 0 } columns })
            return options;
        string[] names = [.. columns.Select(column => column.Name)];
        if (options.Label is { } label && TableSource.TargetsOf(names, label) is { } targets)
            throw new UsageException(new Fault(
                nameof(TrainConfiguration.Label), $"the model takes '{targets[0]}' to learn from"));
        if (options.Ignore.FirstOrDefault(names.Contains) is { } ignored)
            throw new UsageException(new Fault(nameof(TrainConfiguration.Ignore), $"the model takes '{ignored}'"));
        return options with { Known = new TableForm(columns) };
    }

    /// <summary>The data with the model's own numbers for their classes, where it knows all of them; otherwise as they
    /// are.</summary>
    public DataSet Labeled(DataSet data) =>
        data.Training.Targets is Classes { Classification: var found } && KnowsAll(found) is { } task && task != found
            ? data with { Training = Labeled(data.Training, task), Test = Labeled(data.Test, task) } : data;

    /// <summary>The data as the model takes them, and what it is to learn of them.</summary>
    /// <param name="data">Labeled by <see cref="Labeled(DataSet)"/>.</param>
    /// <param name="samples">The samples that are trained on.</param>
    /// <exception cref="UsageException">They don't fit the model.</exception>
    public EncodedDataSet Encoded(DataSet data, int[] samples)
    {
        if (Model.Encoder.Expected(data.Training.Samples) is { } expected)
            throw Unfit($"it takes {expected}, but these are {data.Training.Samples.Shape}");
        var task = data.Training.Targets.Task(samples);
        if (task is Regression { Names: var names } && Model.Task is Regression known
            && known.Names.SequenceEqual(names))
            task = known;
        return new EncodedDataSet(
            new Examples(data.Training, Model.Encoder, task), new Examples(data.Test, Model.Encoder, task));
    }

    /// <summary>The network that the run begins with.</summary>
    /// <param name="configuration">The loss, where it names one, and the penalty.</param>
    /// <param name="task">What it is to learn.</param>
    /// <exception cref="UsageException">The last layer would have to be replaced, and can't be.</exception>
    public Network<float> Network(TrainConfiguration configuration, LearningTask task)
    {
        var isKept = IsKept(configuration, task);
        var loss = isKept && configuration.Loss is null
            ? (configuration with { Loss = Model.Network.Loss }).LossFor(task) : configuration.LossFor(task);
        var layers = Model.Network.Layers;
        if (!isKept)
        {
            if (layers[^1] is not Affine<float> last)
                throw Unfit(
                    $"its last layer is {layers[^1]}, and only an affine layer can be replaced by one for {task}");
            layers =
            [
                .. layers.SkipLast(1),
                configuration.CreateNetwork<float>([last.Inputs, configuration.Outputs(task)]).Layers[0],
            ];
        }
        return Functional.Network.Adopt(layers, loss)
            .WithPenalty(Penalty.ElasticNet(configuration.L1, configuration.L2));
    }

    /// <summary>What is kept of it, in a line.</summary>
    public string Described(TrainConfiguration configuration, LearningTask task) =>
        $"from {Name ?? "a model"} ({Model.Network}): " + (IsKept(configuration, task)
            ? "all layers are kept"
            : $"the last layer is new, for {Plural.Of(configuration.Outputs(task), "output")} ({task})");

    private bool IsKept(TrainConfiguration configuration, LearningTask task) =>
        task == Model.Task
        && (configuration.Loss is null || configuration.Outputs(task) == Model.Network.Outputs);

    // Numbers are the names of classes that have no others.
    private Classification? KnowsAll(Classification classification) =>
        Model.Task is Classification known && classification.Names.All(known.Names.Contains) ? known : null;

    private static DataPart Labeled(DataPart part, Classification task)
    {
        var classes = part.Classes;
        int[] labels =
        [
            .. classes.Classification.Names.Select(name => task.Names.Index().First(one => one.Item == name).Index),
        ];
        return new DataPart(part.Samples, new Classes(task, Array.ConvertAll(classes.Labels, label => labels[label])))
        {
            Weights = part.Weights,
        };
    }

    private UsageException Unfit(string why) =>
        new(new Fault(nameof(TrainConfiguration.From), $"{Name ?? "the model"} does not fit: {why}"));
}

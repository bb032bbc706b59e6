using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Data sets by the names that the command line knows.</summary>
public static class DataSets
{
    private const string Digits = "digits";
    private const int ClassCount = 10;

    /// <summary>Loads a data set.</summary>
    /// <param name="name"><c>digits</c> (embedded), <c>circles</c>, <c>spirals</c>, <c>xor</c> or <c>blobs</c> (made
    /// points in the plane, as in <c>spirals:0.1:7</c> with their noise and seed), <c>mnist</c> and the others that can
    /// be fetched, a folder with the four files of MNIST's form (or their path up to such a name, as in
    /// <c>gzip/emnist-letters</c>), a folder of pictures for each class, a table (<c>.csv</c>, <c>.parquet</c> and
    /// others), a folder with <c>train.csv</c> and <c>test.csv</c>, or an <c>.npz</c> file with arrays of the usual
    /// names.</param>
    /// <param name="label">The column that holds the target, of tables as text.</param>
    /// <exception cref="DataException">It is not there, or something is wrong with it.</exception>
    /// <exception cref="UsageException">It isn't known which column of a table holds the target.</exception>
    /// <example><code>
    /// var data = DataSets.Load("iris.csv", label: "species").Encode();
    /// var loader = new Loader(data.Training, data.Training.All, 32, Sampling.Shuffle, Key.OfSeed(1));
    /// foreach (var batch in loader.Epoch(0))
    ///     (state, var report) = Training.Step(state, batch);
    /// </code></example>
    public static DataSet Load(string name, string? label = null) =>
        Load(name, new DataOptions { Label = label });

    /// <summary>Loads a data set.</summary>
    /// <param name="name">As above.</param>
    /// <param name="options">How a table is read.</param>
    /// <exception cref="DataException">It is not there, or something is wrong with it.</exception>
    /// <exception cref="UsageException">It isn't known which column of a table holds the target; or an option is for
    /// tables, and this is none.</exception>
    public static DataSet Load(string name, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(name);
        if (PlaneData.IsOne(name))
            return options.Known is null && options.FaultsOf(name).ToArray() is { Length: > 0 } unneeded
                ? throw new UsageException(unneeded) : PlaneData.Load(name);
        var isKnown = Names.Contains(name);
        // A model knows its own columns, whatever it is asked about.
        if (options.Known is null && !Tables.HasColumns(name)
            && (isKnown || Tables.IsOne(name) || PictureFolder.IsOne(name) || MnistFolder.IsOne(name))
            && options.FaultsOf(name).ToArray() is { Length: > 0 } faults)
            throw new UsageException(faults);
        if (name == Digits)
            return Embedded();
        if (isKnown)
        {
            var folder = DataFolder.Of(name);
            return Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any()
                ? MnistFolder.Load(folder, ClassCount)
                : throw new DataException(
                    folder, null, $"the files of {name}, as 'functional data fetch {name}' puts there", "none there");
        }
        if (Tables.IsOne(name))
            return Tables.Load(name, options);
        if (PictureFolder.IsOne(name))
            return PictureFolder.Load(name, Tables.Split);
        return MnistFolder.IsOne(name)
            ? MnistFolder.Load(name)
            : throw new DataException(
                name, null,
                "a folder, a table (.csv, .tsv, .txt, also with .gz; .parquet, .arrow; .npz), "
                + $"or one of {string.Join(", ", Names)}",
                File.Exists(name) ? "a file with another ending" : "none of these");
    }

    /// <summary>The first training images of a data set in the files of MNIST's form, without reading the others; null
    /// of any other.</summary>
    /// <param name="name">As for <see cref="Load(string, DataOptions)"/>.</param>
    /// <param name="count">How many, at least 1; all if there are fewer.</param>
    /// <exception cref="DataException">The files are not there, or something is wrong with what is read.</exception>
    public static DataPart? First(string name, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        var isKnown = Sources.All.Any(source => source.Name == name);
        var folder = isKnown ? DataFolder.Of(name) : name;
        return MnistFolder.HasImages(folder) ? MnistFolder.First(folder, count, isKnown ? ClassCount : null)
            : null;
    }

    /// <summary>The names that are known.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Digits, .. PlaneData.Names, .. Sources.All.Select(source => source.Name)];

    private static DataSet Embedded() => new(Part("train"), Part("t10k"));

    private static DataPart Part(string part)
    {
        var images = Read($"{part}-images-idx3-ubyte.gz", (stream, file) => Idx.ReadImages(stream, file));
        var labels = Read($"{part}-labels-idx1-ubyte.gz", (stream, file) => Idx.ReadLabels(stream, file));
        return MnistFolder.Paired(images, labels, ClassCount);
    }

    private static T Read<T>(string file, Func<Stream, string, T> read)
    {
        using var stream = typeof(DataSets).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"the program lacks its embedded {file}");
        return read(stream, $"embedded {file}");
    }
}

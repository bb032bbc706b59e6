using Functional.Host.Files;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>What a review found of evaluate: R2.</summary>
public sealed class EvaluateFindingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    // Bytes 2 x 2 are images, 4 numbers are rows: in either case the table's columns have no names in the model.
    [Theory]
    [InlineData(2, 2)]
    [InlineData(4)]
    public void R2_labels_of_a_table_keep_their_numbers_where_classes_have_no_names(params int[] shape)
    {
        int[] labels = [.. Enumerable.Range(0, 300).Select(i => i % 3)];
        byte[] samples = [.. labels.SelectMany((label, i) =>
            (byte[])[(byte)(100 * label), (byte)(i % 7), (byte)(200 - (100 * label)), 9])];
        Npz.Write(folder["d.npz"], [Tensor.Of("x", [300, .. shape], samples), Tensor.Of("y", [300], labels)]);
        var trained = Run("train", "--data", "d.npz", "--hidden", "8", "--learning-rate", "0.2", "--batch-size", "16",
            "--epochs", "20", "--out", "run", "--json");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Equal(1, trained.Event("summary").GetProperty("testAccuracy").GetDouble());

        // No row of class 0.
        void Write(int add) => File.WriteAllText(folder["t.csv"], "a,b,c,d,kind\n" + string.Concat(
            samples.Chunk(4).Zip(labels).Where(row => row.Second > 0)
                .Select(row => $"{string.Join(",", row.First)},{row.Second + add}\n")));
        Write(0);
        var evaluated = Run("evaluate", "run", "--data", "t.csv", "--label", "kind", "--part", "all", "--json");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        Assert.Equal(1, evaluated.Event("summary").GetProperty("accuracy").GetDouble());
        Assert.Equal(200, evaluated.Event("summary").GetProperty("samples").GetInt32());
        Write(1);
        var refused = Run("evaluate", "run", "--data", "t.csv", "--label", "kind");
        Assert.Equal((2, "functional: t.csv: at line 3, column 'kind': expected one of 0, 1, 2, found '3'\n"),
            (refused.ExitCode, refused.Error));
    }
}

using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>What public bug reports say of tables, at the command line.</summary>
public sealed class DataFindingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    // Sorted by class, as most public tables are.
    private void WriteSorted(int each)
    {
        var numbers = Key.OfSeed(8).Normals(6 * each);
        File.WriteAllText(folder["sorted.csv"],
            "x,y,kind\n" + string.Concat(Enumerable.Range(0, 3 * each).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{numbers[2 * i] + (3 * (i / each)):F2},{numbers[(2 * i) + 1] + (i / each % 2):F2},"
            + $"{"abc"[i / each]}\n"))));
    }

    [Fact]
    public void Audit2_numbers_that_are_all_the_same_deviate_by_nothing()
    {
        File.WriteAllText(folder["same.csv"], "a,kind\n" + string.Concat(Enumerable.Repeat("7,x\n7,y\n", 20)));
        Assert.Contains("a: mean 7, deviation 0\n", Run("data", "info", "same.csv", "--label", "kind").Output,
            StringComparison.Ordinal);
    }

    // Options that say nothing of the data are mistakes: most likely --data was forgotten.
    [Theory]
    [InlineData("--label", "price"), InlineData("--task", "quantities"), InlineData("--ignore", "a")]
    [InlineData("--missing", "refuse")]
    public void Audit2_options_of_tables_are_refused_for_images(string option, string value)
    {
        var outcome = Run("train", option, value);
        Assert.Equal((2, $"functional: {option}: is for tables, and digits has no columns with names\n"),
            (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void Audit2_the_book_is_on_images()
    {
        WriteSorted(20);
        var outcome = Run("experiment", "optimizers", "--data", "sorted.csv");
        Assert.Equal((2, "functional: --data: experiments train on images, and sorted.csv is a table\n"),
            (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void F4_some_samples_of_a_sorted_table_have_every_class()
    {
        WriteSorted(700);
        var trained = Run("train", "--data", "sorted.csv", "--label", "kind", "--samples", "500", "--validation", "0.2",
            "--hidden", "8",
            "--learning-rate", "0.5", "--epochs", "5", "--out", "run", "--json");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.InRange(trained.Event("summary").GetProperty("testAccuracy").GetDouble(), 0.8, 1);
        var searched = Run("search", "--data", "sorted.csv", "--label", "kind", "--trials", "1", "--epochs", "1",
            "--hidden", "8", "--space", "learning-rate=log:0.1..1");
        Assert.Equal((0, ""), (searched.ExitCode, searched.Error));
        Assert.Single(searched.Output.Split('\n'),
            "each trial: 500 of 1,680 samples, drawn by the seed (0.2 of them for validation), 1 epoch");
        Assert.DoesNotContain("class-imbalance",
            Run("doctor", "--data", "sorted.csv", "--label", "kind", "--samples", "300").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void F4_a_search_takes_all_of_a_small_table()
    {
        WriteSorted(30);
        var searched = Run("search", "--data", "sorted.csv", "--label", "kind", "--trials", "1", "--epochs", "1",
            "--hidden", "8", "--space", "learning-rate=log:0.1..1");
        Assert.Equal((0, ""), (searched.ExitCode, searched.Error));
        Assert.DoesNotContain("--samples", searched.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void F4_a_class_without_a_training_sample_is_reported_first()
    {
        WriteSorted(30);
        const string Gap = "class [abc] has none of the 2 training samples, so it can't be learned";
        string[] options = ["--data", "sorted.csv", "--label", "kind", "--samples", "2", "--hidden", "8", "--epochs",
            "1"];
        var trained = Run(["train", .. options, "--out", "run"]);
        Assert.Equal(0, trained.ExitCode);
        Assert.Matches($"^functional: {Gap}\n$", trained.Error);
        var examined = Run(["doctor", .. options]);
        Assert.Equal(3, examined.ExitCode);
        Assert.Matches($"^[^\n]+\n\nerror: class-missing\n  {Gap}\n", examined.Output);
        var searched = Run("search", "--data", "sorted.csv", "--label", "kind", "--samples", "3", "--validation", "0.3",
            "--trials", "1", "--epochs", "1", "--hidden", "8", "--space", "learning-rate=log:0.1..1");
        Assert.Matches("^functional: class(es)? .* none of the [0-9] training samples, so (it|they) can't be "
            + "learned\n$", searched.Error);
    }

    [Fact]
    public void F7_a_class_that_only_the_test_part_has_is_reported()
    {
        Npz.Write(folder["d.npz"],
        [
            Tensor.Of("x_train", [4, 1], new float[] { 1, 2, 3, 4 }),
            Tensor.Of("y_train", [4], new byte[] { 0, 1, 0, 1 }),
            Tensor.Of("x_test", [2, 1], new float[] { 1, 2 }), Tensor.Of("y_test", [2], new byte[] { 0, 2 }),
        ]);
        Assert.Equal(
            "functional: class 2 has none of the 4 training samples, so it can't be learned\n",
            Run("train", "--data", "d.npz", "--hidden", "4", "--epochs", "1", "--out", "run").Error);
    }

    [Fact]
    public void F5_columns_of_large_numbers_are_not_constant()
    {
        File.WriteAllText(folder["int.csv"],
            "v,kind\n" + string.Concat(Enumerable.Repeat("289203891,a\n289203892,b\n", 40)));
        Assert.Contains("deviation 0.5\n", Run("data", "info", "int.csv", "--label", "kind").Output,
            StringComparison.Ordinal);
        string[] options = ["--data", "int.csv", "--label", "kind", "--hidden", "8", "--epochs", "50",
            "--learning-rate", "0.5"];
        Assert.DoesNotContain("constant-inputs", Run(["doctor", .. options]).Output, StringComparison.Ordinal);
        Assert.Contains("rounded to single precision (--scale standard",
            Run(["doctor", .. options, "--scale", "none"]).Output, StringComparison.Ordinal);
        var trained = Run(["train", .. options, "--out", "run", "--json"]);
        Assert.Equal(1, trained.Event("summary").GetProperty("testAccuracy").GetDouble());
        File.WriteAllText(folder["new.csv"], "v\n289203891\n289203892\n");
        Assert.Equal(["a", "b"],
            Run("predict", "run", "new.csv", "--json").Events.Select(line => line.GetProperty("name").GetString()));
    }

    [Fact]
    public void M2_and_U7_labels_that_may_be_meant_otherwise_are_reported()
    {
        File.WriteAllText(folder["prices.csv"],
            "x,price\n" + string.Concat(
                Enumerable.Range(0, 400).Select(i => FormattableString.Invariant($"{i},{10 + (0.1 * (i % 39))}\n"))));
        string[] train = ["train", "--data", "prices.csv", "--label", "price", "--epochs", "1"];
        Assert.StartsWith(
            "price: 39 different numbers, taken as a quantity (use --task to change this)\n",
            Run([.. train, "--out", "run"]).Output, StringComparison.Ordinal);
        Assert.Equal(
            "functional: 'price' looks like a measured number (39 different ones in 400 rows): each is taken for a "
            + "class of its own; --task quantities learns to give the number\n",
            Run([.. train, "--task", "classes", "--out", "classes"]).Error);
        File.WriteAllText(folder["flags.csv"],
            "x,flag\n" + string.Concat(Enumerable.Repeat("1,True\n2,TRUE\n3,0\n4,0.0\n", 5)));
        var hint = Run("data", "info", "flags.csv", "--label", "flag").Error;
        Assert.Contains("'TRUE' and 'True' are 2 classes: are they meant to be one?", hint, StringComparison.Ordinal);
        Assert.Contains("'0' and '0.0' are 2 classes: are they meant to be one?", hint, StringComparison.Ordinal);
    }

    [Fact]
    public void U9_a_table_is_evaluated_whatever_the_order_of_its_columns_and_however_short()
    {
        WriteSorted(30);
        Assert.Equal(0, Run("train", "--data", "sorted.csv", "--label", "kind", "--hidden", "8", "--epochs", "5",
            "--out", "run").ExitCode);
        var lines = File.ReadAllLines(folder["sorted.csv"]).Select(line => line.Split(',')).ToArray();
        File.WriteAllLines(folder["turned.csv"],
            lines.Select(cells =>
                $"{cells[2]},{cells[1]},7,{cells[0]}".Replace(
                    ",7,", cells[0] == "x" ? ",id," : ",7,", StringComparison.Ordinal)));
        string[] evaluate = ["evaluate", "run", "--part", "all", "--json", "--data"];
        string Summary(string file) => Run([.. evaluate, file]).Event("summary").GetProperty("accuracy").GetRawText();
        Assert.Equal(Summary("sorted.csv"), Summary("turned.csv"));

        File.WriteAllText(folder["one.csv"], "x,y,kind\n0,0,a\n");
        foreach (var (part, error) in (
            (string, string)[])[("test", ""), ("all", ""),
            ("training", "functional: one.csv: expected a sample at least in the part that is asked for, "
            + "found none\n")])
        {
            var evaluated = Run("evaluate", "run", "--data", "one.csv", "--part", part);
            Assert.Equal((part == "training" ? 2 : 0, error), (evaluated.ExitCode, evaluated.Error));
        }

        Directory.CreateDirectory(folder["two"]);
        File.Copy(folder["sorted.csv"], folder["two/train.csv"]);
        File.Copy(folder["turned.csv"], folder["two/test.csv"]);
        Assert.Equal((0, ""), Run("train", "--data", "two", "--label", "kind", "--epochs", "1", "--out", "two/run")
            is var both ? (both.ExitCode, both.Error) : default);
    }

    [Fact]
    public void U10_and_U11_images_of_another_kind_are_reported()
    {
        Assert.Equal(0, Run("train", "--samples", "500", "--epochs", "1", "--out", "run").ExitCode);
        var image = DataSets.Load("digits").Test.Images.Pixels[..784];
        Npy.Write(folder["shares.npy"], Tensor.Of("x", [1, 784], Array.ConvertAll(image, pixel => pixel / 255f)));
        Npy.Write(folder["bytes.npy"], Tensor.Of("x", [1, 784], Array.ConvertAll(image, pixel => (float)pixel)));
        File.WriteAllBytes(folder["light.pgm"], [.. "P5 28 28 255\n"u8, .. image]);
        File.WriteAllBytes(folder["dark.pgm"],
            [.. "P5 28 28 255\n"u8, .. Array.ConvertAll(image, pixel => (byte)(255 - pixel))]);
        Assert.Equal("", Run("predict", "run", "bytes.npy", "light.pgm").Error);
        Assert.Equal("", Run("predict", "run", "shares.npy", "--features").Error);
        Assert.StartsWith("functional: shares.npy: all numbers are from 0 to 1, but the model takes bytes",
            Run("predict", "run", "shares.npy").Error, StringComparison.Ordinal);
        Assert.StartsWith("functional: dark.pgm: the border is bright, but", Run("predict", "run", "dark.pgm").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Models_tables_and_configurations_come_through_pipes()
    {
        if (OperatingSystem.IsWindows())
            return;
        WriteSorted(30);
        Assert.Equal(0, Run("train", "--data", "sorted.csv", "--label", "kind", "--hidden", "8", "--epochs", "2",
            "--out", "run").ExitCode);
        var functional = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "functional.dll")}'";
        Outcome Shell(string script)
        {
            using var process = FunctionalProgram.Start("/bin/sh", folder.Path, ["-c", script]);
            return FunctionalProgram.End(process);
        }
        var direct = Run("evaluate", "run", "--data", "sorted.csv").Output;
        var piped = Shell($"cat run/model.safetensors | {functional} evaluate /dev/stdin --data sorted.csv");
        Assert.Equal((0, direct, ""), (piped.ExitCode, piped.Output, piped.Error));
        var table = Shell($"mkfifo pipe.csv; cat sorted.csv > pipe.csv & {functional} evaluate run --data pipe.csv");
        Assert.Equal((0, direct.Replace("sorted.csv", "pipe.csv", StringComparison.Ordinal), ""),
            (table.ExitCode, table.Output, table.Error));
        var printed = Run("predict", "run", "sorted.csv").Output;
        var samples = Shell($"mkfifo rows.csv; cat sorted.csv > rows.csv & {functional} predict run rows.csv");
        Assert.Equal((0, printed.Replace("sorted.csv", "rows.csv", StringComparison.Ordinal), ""),
            (samples.ExitCode, samples.Output, samples.Error));
        var configured = Shell($"cat run/config.json | {functional} train --config /dev/stdin --out again --json");
        Assert.Equal((0, ""), (configured.ExitCode, configured.Error));
        Assert.Equal(File.ReadAllText(folder["run/digest.txt"]), File.ReadAllText(folder["again/digest.txt"]));
        // A pipe has no name that says what it holds: it is a table.
        var trained = Shell($"cat sorted.csv | {functional} train --data /dev/stdin --label kind --hidden 8 --epochs 2 "
            + "--out piped");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Equal(File.ReadAllText(folder["run/digest.txt"]), File.ReadAllText(folder["piped/digest.txt"]));
        var verified = Shell($"cat sorted.csv | {functional} verify piped");
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        var evaluated = Shell($"cat sorted.csv | {functional} evaluate run --data /dev/stdin");
        Assert.Equal((0, direct.Replace("sorted.csv", "/dev/stdin", StringComparison.Ordinal), ""),
            (evaluated.ExitCode, evaluated.Output, evaluated.Error));
        var predicted = Shell($"cat sorted.csv | {functional} predict run /dev/stdin");
        Assert.Equal((0, printed.Replace("sorted.csv", "/dev/stdin", StringComparison.Ordinal), ""),
            (predicted.ExitCode, predicted.Output, predicted.Error));
        var zipped = Shell($"gzip -c sorted.csv | {functional} predict run /dev/stdin");
        Assert.Equal((0, predicted.Output), (zipped.ExitCode, zipped.Output));
        // A file with another name, and one that is not there, are refused for that, not for --label.
        File.Copy(folder["sorted.csv"], folder["sorted"]);
        Assert.EndsWith(
            ", found a file with another ending\n", Run("train", "--data", "sorted", "--label", "kind").Error,
            StringComparison.Ordinal);
        Assert.EndsWith(", found none of these\n", Run("train", "--data", "nothing", "--label", "kind").Error,
            StringComparison.Ordinal);
        var endless = Run("train", "--config", "/dev/zero");
        Assert.Equal((2, "functional: /dev/zero: expected at most 1048576 bytes from a pipe or a device, found more\n"),
            (endless.ExitCode, endless.Error));
    }
}

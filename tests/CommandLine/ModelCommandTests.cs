using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class ModelCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    // Three classes around three points.
    private string WriteTable(string name, int rows)
    {
        var numbers = Key.OfSeed(5).Normals(2 * rows);
        var lines = Enumerable.Range(0, rows).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{1000 + 100 * (i % 3) + 10 * numbers[2 * i]:F3},"
            + $"{(i % 3 == 0 ? "cat" : i % 3 == 1 ? "dog" : "\"a, b\"")},"
            + $"{0.01 * (i % 2) + 0.001 * numbers[2 * i + 1]:F5}"));
        File.WriteAllText(folder[name], $"size,kind,weight\n{string.Join('\n', lines)}\n");
        return name;
    }

    [Fact]
    public void A_trained_network_is_evaluated_to_what_training_said_and_classifies_images()
    {
        var summary = Run("train", "--samples", "2000", "--epochs", "2", "--scale", "standard", "--batch-norm", "--out",
            "run", "--json").Event("summary");
        var evaluated = Run("evaluate", "run", "--data", "digits", "--json");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        var found = evaluated.Event("summary");
        foreach (var (expected, name) in (ReadOnlySpan<(string, string)>)[("testAccuracy", "accuracy")])
            Assert.Equal(summary.GetProperty(expected).GetDouble(), found.GetProperty(name).GetDouble());
        Assert.Equal(summary.GetProperty("digest").GetString(), found.GetProperty("digest").GetString());
        Assert.Equal(10, evaluated.Events.Count(line => line.GetProperty("event").GetString() == "class"));
        var table = Run("evaluate", "run/model.safetensors", "--data", "digits").Output;
        Assert.Contains("confusion matrix: true class (rows)", table, StringComparison.Ordinal);

        var test = DataSets.Load("digits").Test;
        var pixels = test.Images.Pixels[..(3 * 784)];
        Directory.CreateDirectory(folder["samples"]);
        File.WriteAllBytes(folder["samples/b.pgm"], [.. "P5 28 28 255\n"u8, .. pixels[..784]]);
        Npy.Write(folder["samples/a.npy"], Tensor.Of("x", [3, 28, 28], pixels));
        Npy.Write(folder["floats.npy"], Tensor.Of("x", [3, 784], Array.ConvertAll(pixels, pixel => (double)pixel)));
        using (var stream = File.Create(folder["images.idx"]))
            Idx.WriteImages(stream, new ImageFile(3, 28, 28, pixels), gzip: true);
        var printed = Run("predict", "run", "samples", "images.idx", "floats.npy", "--json");
        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        Assert.Equal(10, printed.Events.Count);
        string Answer(int i) => printed.Events[i].GetProperty("probabilities").GetRawText();
        Assert.Equal(10, printed.Events[0].GetProperty("probabilities").GetArrayLength());
        // The third of the folder's files is the image; the same samples in other files get the same bits.
        Assert.Equal(Answer(0), Answer(3));
        foreach (var i in (int[])[0, 1, 2])
        {
            Assert.Equal(Answer(i), Answer(4 + i));
            Assert.Equal(printed.Events[i].GetProperty("class").GetInt32(),
                printed.Events[7 + i].GetProperty("class").GetInt32());
        }
        Assert.Matches("^images.idx\\[0\\]  [0-9] [0-9.]+%", Run("predict", "run", "images.idx").Output);
    }

    [Fact]
    public void A_table_is_learned_and_its_names_and_scales_are_kept()
    {
        WriteTable("t.csv", 300);
        var trained = Run("train", "--data", "t.csv", "--label", "kind", "--hidden", "8", "--validation", "0.2",
            "--epochs", "60", "--batch-size", "16", "--learning-rate", "0.5", "--out", "run", "--json");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Equal(192, trained.Event("start").GetProperty("trainSamples").GetInt32());
        Assert.Equal(60, trained.Event("start").GetProperty("testSamples").GetInt32());
        Assert.InRange(trained.Event("summary").GetProperty("testAccuracy").GetDouble(), 0.95, 1);
        Assert.Contains("\"label\": \"kind\"", File.ReadAllText(folder["run/config.json"]), StringComparison.Ordinal);

        var model = Model.Load<float>(folder["run/model.safetensors"]);
        Assert.Equal(new Classification(["a, b", "cat", "dog"], "kind"), model.Task);
        var columns = Assert.IsType<TableEncoder>(model.Encoder).Columns.Cast<NumberEncoding>().ToArray();
        Assert.Equal(["size", "weight"], columns.Select(column => column.Name!));
        // Of the samples that were trained on: neither of all rows nor of the other parts.
        var data = DataSets.Load(folder["t.csv"], "kind");
        var mean = ((Rows)data.Training.Samples).Columns.Cast<NumberColumn>().First().Values.Average();
        Assert.InRange(columns[0].Scale.Mean, mean - 30, mean + 30);
        Assert.NotEqual(mean, columns[0].Scale.Mean);

        var evaluated = Run("evaluate", "run", "--json").Event("summary");
        Assert.Equal(trained.Event("summary").GetProperty("testAccuracy").GetDouble(),
            evaluated.GetProperty("accuracy").GetDouble());
        Assert.Equal(300, Run("evaluate", "run", "--data", "t.csv", "--part", "all", "--json").Event("summary")
            .GetProperty("samples").GetInt32());
        File.WriteAllText(folder["new.csv"], "weight,size\n0.0,1000\n0.01,1100\n");
        var printed = Run("predict", "run", "new.csv", "--json").Events;
        Assert.Equal(["cat", "dog"], printed.Select(line => line.GetProperty("name").GetString()!));

        var resumed = Run("train", "--resume", "run", "--epochs", "61", "--json");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        var check = Run("check-gradients", "--data", "t.csv", "--label", "kind", "--json");
        Assert.Equal(["affine1.weight", "affine1.bias", "affine2.weight", "affine2.bias"],
            check.Events.SkipLast(1).Select(line => line.GetProperty("parameter").GetString()!));
    }

    [Theory]
    [InlineData("x.png", "(PNG, JPEG, BMP or GIF), found a file of another kind, or cut off",
        new byte[] { 0x89, 80, 78, 71, 13, 10 })]
    [InlineData("x.jpg", "(PNG, JPEG, BMP or GIF), found a file of another kind, or cut off",
        new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 })]
    [InlineData("x.bmp", "(PNG, JPEG, BMP or GIF), found a damaged one",
        new byte[] { 66, 77, 9, 9, 9, 9, 0, 0, 0, 0, 54, 0 })]
    [InlineData("x.ppm", "in PNG, JPEG, BMP, GIF or gray PGM, found a black and white or colored Netpbm file",
        new byte[] { 80, 54, 10 })]
    public void A14_a_picture_that_cannot_be_read_is_refused(string name, string found, byte[] start)
    {
        var network = Network.Create([784, 10], Activation.Relu, Initializer.He, seed: 1);
        Model.Save(folder["m.safetensors"], new Model<float>(network) 
        {
            Encoder = new ImageEncoder(28, 28, ByteScale.None),
        });
        File.WriteAllBytes(folder[name], start);
        File.WriteAllText(folder["note"], "a note");
        File.WriteAllText(folder["empty"], "");
        Assert.Equal((2, $"functional: {name}: expected a picture {found}\n"), Ended(name));
        foreach (var (file, kind) in new[] { ("note", "a file of another kind"), ("empty", "an empty file") })
            Assert.Equal((2, $"functional: {file}: expected images (PNG, JPEG, BMP, GIF, PGM, IDX), an array (.npy) or "
                + $"a table (.csv), found {kind}\n"), Ended(file));

        (int, string) Ended(string file) =>
            Run("predict", "m.safetensors", file) is var outcome ? (outcome.ExitCode, outcome.Error) : default;
    }

    [Fact]
    public void A_picture_of_any_size_is_shown_as_the_network_saw_it()
    {
        Assert.Equal(0, Run("train", "--epochs", "5", "--out", "run").ExitCode);
        using (var image = new SixLabors.ImageSharp.Image<SixLabors.ImageSharp.PixelFormats.L8>(200, 300, new(240)))
        {
            for (var y = 40; y < 260; y++)
                for (var x = 90; x < 110; x++)
                    image[x, y] = new(30);
            SixLabors.ImageSharp.ImageExtensions.SaveAsPng(image, folder["one.png"]);
        }
        var lines = Run("predict", "run", "one.png").Output.Split('\n');
        Assert.Equal(14, lines.TakeWhile(line => !line.StartsWith("one.png", StringComparison.Ordinal)).Count());
        Assert.Equal(10, lines.Count(line => line.Trim() is "@@" or "%%"));
        Assert.StartsWith("one.png  1", lines[14], StringComparison.Ordinal);
        Assert.Equal(1, Run("predict", "run", "one.png", "--json").Event("prediction").GetProperty("class").GetInt32());
        Assert.Equal(2, Run("predict", "run", "one.png", "--fit", "shrink").ExitCode);
        Assert.Equal(0, Run("predict", "run", "one.png", "--fit", "stretch").ExitCode);
    }

    // The program has no reflection for JSON, the tests have.
    [Fact]
    public void A_convolutional_network_is_begun_from_and_saved_again()
    {
        var filters = ConvolutionShape.Of(ImageShape.Of(1, 28, 28), 2, 9, stride: 3);
        var pooling = Pooling.Max(filters.Output, 2);
        Model.Save(folder["m.safetensors"], new Model<float>(Network.Of(
        [
            Layer.Convolution<float>(filters, Initializer.He, Key.OfSeed(1)), Layer.Of<float>(Activation.Relu),
            Layer.Of<float>(pooling),
            .. Network.Create<float>([pooling.Output.Size, 10], Activation.Relu, Initializer.He, seed: 2).Layers,
        ]))
        {
            Encoder = new ImageEncoder(28, 28, ByteScale.None), Task = Classification.Numbered(10),
        });
        var trained = Run("train", "--from", "m.safetensors", "--samples", "50", "--iterations", "2", "--out", "run");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.StartsWith("identical", Run("verify", "run").Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("export", "run", "--onnx", "m.onnx").ExitCode);
    }

    [Fact]
    public void Classes_that_may_be_one_misspelt_are_reported()
    {
        File.WriteAllLines(folder["t.csv"],
            ["a,kind", .. Enumerable.Range(0, 20)
                .Select(i => $"{i},{(i == 7 ? "Riesling" : i % 2 == 0 ? "riesling" : "merlot")}")]);
        var trained = Run("train", "--data", "t.csv", "--label", "kind", "--epochs", "1", "--json");
        Assert.Equal(
            (0, "functional: 'Riesling' and 'riesling' are 2 classes: are they meant to be one? (20 rows of 1 column "
            + "(a), kind: Riesling 1, merlot 9, riesling 10; 16 to train, 4 to test)\n"),
            (trained.ExitCode, trained.Error));
    }

    [Fact]
    public void Arrays_of_NumPy_are_learned()
    {
        var digits = DataSets.Load("digits").Training;
        int[] some = [.. Enumerable.Range(0, 500)];
        Tensor Pixels(int first, int count) =>
            Tensor.Of($"x_{(first == 0 ? "train" : "test")}", [count, 28, 28],
                digits.Images.Pixels[(first * 784)..((first + count) * 784)]);
        Tensor Labels(int first, int count) =>
            Tensor.Of($"y_{(first == 0 ? "train" : "test")}", [count],
                Array.ConvertAll(digits.Classes.Labels[first..(first + count)], label => (long)label));
        Npz.Write(folder["d.npz"], [Pixels(0, 400), Labels(0, 400), Pixels(400, 100), Labels(400, 100)]);
        var trained = Run("train", "--data", "d.npz", "--epochs", "3", "--out", "run", "--json");
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Equal(100, trained.Event("start").GetProperty("testSamples").GetInt32());
        Assert.Equal("28 x 28", Model.Load<float>(folder["run/model.safetensors"]).Encoder is ImageEncoder image
            ? $"{image.Height} x {image.Width}" : "");
        Npz.Write(folder["bad.npz"], [Pixels(0, 400), Labels(0, 400), Pixels(400, 100)]);
        var bad = Run("train", "--data", "bad.npz");
        Assert.Equal((2, "functional: bad.npz: expected an array y_test, found x_train, y_train, x_test\n"),
            (bad.ExitCode, bad.Error));
    }

    [Fact]
    public void What_can_not_be_done_is_reported_in_one_line()
    {
        WriteTable("t.csv", 30);
        Model.Save(folder["m"], Network.Create<float>([4, 2], Activation.Relu, Initializer.He));
        File.WriteAllText(folder["bad.pgm"], "P5 2 3 255\n123456");
        File.WriteAllText(folder["broken"], "12345678{}");
        foreach (var (message, arguments) in (ReadOnlySpan<(string, string[])>)
                 [
                     ("which column of t.csv holds the target: size, kind, weight? (--label COLUMN, or label: "
                     + "\"COLUMN\" in code)", ["train", "--data", "t.csv"]),
                     ("t.csv: at line 1: expected a column 'x', which is to be learned, found size, kind, weight",
                         ["train", "--data", "t.csv", "--label", "x"]),
                     ("--augment: images can be changed, but these are tables of numbers",
                         ["train", "--data", "t.csv", "--label", "kind", "--augment", "shift"]),
                     ("digits: expected samples of 4 numbers, as the model takes them, found images of 28 x 28",
                         ["evaluate", "m", "--data", "digits"]),
                     ("--data: expected the data to evaluate on, since m is not in the folder of a run",
                         ["evaluate", "m"]),
                     ("t.csv: expected a safetensors file, found text", ["evaluate", "t.csv", "--data", "digits"]),
                     ("none: expected a file, found none", ["evaluate", "none", "--data", "digits"]),
                     ("bad.pgm: expected samples of 4 numbers, as the model takes them, found images of 3 x 2",
                         ["predict", "m", "bad.pgm"]),
                     ("--activation: expected one of relu, leaky-relu[:SLOPE], sigmoid, tanh, gelu, silu, elu[:ALPHA], "
                     + "softplus, found 'x'", ["predict", "m", "bad.pgm", "--activation", "x"]),
                     ("m.onnx: ", ["export", "m", "--onnx", "m/m.onnx"]),
                 ])
        {
            var outcome = Run(arguments);
            Assert.NotEqual(0, outcome.ExitCode);
            if (message.EndsWith(": ", StringComparison.Ordinal))
                Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            else
                Assert.Equal($"functional: {message}\n", outcome.Error);
        }
    }

    [Fact]
    public void A_model_is_exported()
    {
        Model.Save(folder["m"], Network.Create<float>([4, 3, 2], Activation.Gelu, Initializer.He));
        var outcome = Run("export", "m", "--onnx", "m.onnx");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("input [N, 4], scores [N, 2]", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(2, Run("export", "m", "--onnx", "m.onnx").ExitCode);
        Assert.Equal(0, Run("export", "m", "--onnx", "m.onnx", "--force").ExitCode);
    }

    [Theory]
    [InlineData("--fold-batch-norm", "--fold-batch-norm: no batch normalization follows an affine layer")]
    [InlineData("--with-encoding", "only the model of a table has columns to encode")]
    [InlineData("--activation=relu",
        "--activation: m says itself which activations it has; one is given for weights that another tool wrote")]
    [InlineData("--onnx=new/m.onnx", "--onnx: expected a file in a folder that is there, found no folder new")]
    public void An_option_of_export_that_would_do_nothing_is_refused(string option, string message)
    {
        Model.Save(folder["m"], new Model<float>(Network.Create<float>([4, 2], Activation.Relu, Initializer.He))
        {
            Encoder = FeatureEncoder.Images(2, 2, ByteScale.Unit), Task = Classification.Numbered(2),
        });
        string[] target = option.StartsWith("--onnx", StringComparison.Ordinal) ? [] : ["--onnx", "m.onnx"];
        var outcome = Run(["export", "m", .. target, option]);
        Assert.Equal((2, $"functional: {message}\n"), (outcome.ExitCode, outcome.Error));
        Assert.Equal(["m"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Batch_norm_is_folded_on_export()
    {
        Model.Save(folder["m"], Network.Create<float>(
            [4, 3, 2], units => [Layer.BatchNorm<float>(units), Layer.Of<float>(Activation.Relu)], Initializer.He, 1L));
        Assert.Equal(0, Run("export", "m", "--onnx", "m.onnx", "--fold-batch-norm").ExitCode);
    }
}

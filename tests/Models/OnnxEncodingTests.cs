using System.Globalization;
using System.Text.Json;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Microsoft.ML.OnnxRuntime;

namespace Functional.Tests.Models;

/// <summary>ONNX files that take a table's columns as they are.</summary>
public sealed class OnnxEncodingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Text with and without gaps, numbers with and without, yes and no, dates with times; a column is called as an
    // output is.
    private string Table(string target)
    {
        string[] cities = ["Bonn", "Köln", "\"Ulm, Donau\""];
        File.WriteAllText(folder["t.csv"], $"city,scores,size,has garden,sold,Größe,{target}\n" + string.Concat(
            Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture,
                $"{(i % 13 == 5 ? "" : cities[i * 7 % 3])},"
                + $"{(i % 2 == 0 ? "low" : "high")},{(i % 17 == 3 ? "" : $"{(i * 37 % 101) * 1.25}")},"
                + $"{(i % 3 == 0 ? "yes" : "no")},2026-{1 + (i % 12):00}-{1 + (i % 28):00} {i % 24:00}:30,"
                + $"{(i * 31 % 89) - 40},"
                + $"{(target == "price" ? $"{100000.5 + (1000 * (i * 37 % 101))}" : i % 3 == 0 ? "a" : "b")}\n"))));
        return folder["t.csv"];
    }

    [Theory]
    [InlineData("kind")]
    [InlineData("price")]
    public void Raw_columns_give_what_predict_gives(string target)
    {
        var data = DataSets.Load(Table(target), target);
        var run = new TrainingRun(new TrainConfiguration { Epochs = 5, Hidden = [8] }, data);
        var model = run.ModelOf(run.Run().State.Network);
        // Beside the rows of the table: a text that no row has, and nothing but gaps.
        var rows = (Rows)data.Test.Samples;
        var samples = new Rows(
        [
            .. rows.Columns.Select(column => column switch
            {
                NumberColumn numbers => (Column)new NumberColumn(
                    numbers.Name, [.. numbers.Values, numbers.Values[0], double.NaN]),
                TextColumn texts => new TextColumn(
                    texts.Name, [.. texts.Texts, "Nowhere"], [.. texts.Codes, texts.Texts.Count, -1]),
                _ => throw new InvalidOperationException(),
            }),
        ]);
        Assert.Contains(rows.Columns, column => column is TextColumn { Codes: var codes } && codes.Contains(-1));
        string[] inputs = ["city", "scores_", "size", "has garden", "sold", "Größe"];
        var file = folder["m.onnx"];
        OnnxExport.Save(file, model, new OnnxOptions { WithEncoding = true });
        using var session = new InferenceSession(file);
        Assert.Equal(
            inputs, JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["inputs"])!);
        Assert.Equal(inputs.Order(), session.InputMetadata.Keys.Order());
        var found = Run(session, samples);
        var expected = model.Predict(samples);
        Assert.Equal(samples.Count, expected.Count);
        foreach (var (i, answer) in expected.Index())
            if (target == "price")
                Near(answer.Quantities[0], found["quantities"][i], i);
            else
                for (var k = 0; k < 2; k++)
                    Near(answer.Probabilities[k], found["probabilities"][(2 * i) + k], i);
    }

    [Fact]
    public void The_command_says_which_inputs_there_are()
    {
        Table("kind");
        var program = (string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);
        Assert.Equal(
            0, program(["train", "--data", "t.csv", "--label", "kind", "--epochs", "1", "--out", "run"]).ExitCode);
        var exported = program(["export", "run", "--onnx", "m.onnx", "--with-encoding"]);
        Assert.Contains(
            "\ninputs city (text), scores_ (text), size, has garden, sold, Größe, each [N, 1], scores [N, 2]; ",
            exported.Output, StringComparison.Ordinal);
        var both = program(["export", "run", "--onnx", "n.onnx", "--with-encoding", "--features"]);
        Assert.Equal(
            (2, "functional: a graph with the encoding takes no features\n"), (both.ExitCode, both.Error));
    }

    private static void Near(double expected, double found, int row) =>
        Assert.True(
            Math.Abs(expected - found) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"row {row}: {expected}, {found}");

    private static Dictionary<string, float[]> Run(InferenceSession session, Rows rows)
    {
        long[] shape = [rows.Count, 1];
        var values = rows.Columns.Select(column =>
        {
            if (column is NumberColumn numbers)
                return OrtValue.CreateTensorValueFromMemory(numbers.Values, shape);
            var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            foreach (var (row, code) in ((TextColumn)column).Codes.Index())
                texts.StringTensorSetElementAt(code < 0 ? "" : ((TextColumn)column).Texts[code], row);
            return texts;
        }).ToArray();
        using var options = new RunOptions();
        using var results = session.Run(
            options, [.. rows.Columns.Select(column => column.Name == "scores" ? "scores_" : column.Name!)], values,
            session.OutputNames);
        foreach (var value in values)
            value.Dispose();
        return session.OutputNames.Zip(results)
            .ToDictionary(found => found.First, found => found.Second.GetTensorDataAsSpan<float>().ToArray());
    }
}

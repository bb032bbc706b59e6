using System.CommandLine;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional export</c>: a model for other runtimes.</summary>
internal static class ExportCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var model = new ModelArgument();
        var onnx = new Option<string>("--onnx")
            { HelpName = "FILE", Description = "where to write the ONNX file", Required = true };
        var fold = new Option<bool>("--fold-batch-norm")
        {
            Description = "fold batch normalization after an affine layer into its weight and bias",
        };
        var features = new Option<bool>("--features")
        {
            Description =
                "let the graph take scaled features instead of the data's own numbers (bytes of images)",
        };
        var encoding = new Option<bool>("--with-encoding")
        {
            Description =
                "of a table's model: an input for each column, number or text, which the graph itself encodes",
        };
        var force = CommonOptions.Force();
        var command = new CommandWithExamples("export", "Export a model to ONNX, which other runtimes can read.",
            ("functional export runs/NAME --onnx model.onnx", "a run's model, for ONNX Runtime"),
            ("functional export model.safetensors --onnx model.onnx --fold-batch-norm",
                "a model file, for ONNX Runtime, with fewer operations"),
            ("functional export runs/NAME --onnx flowers.onnx --with-encoding",
                "a table's model, with an input for each column"))
        {
            model.Path, onnx, fold, features, encoding, force, model.Activation,
        };
        command.SetAction(parsed =>
        {
            var (loaded, path) = (model.Load(parsed), parsed.GetValue(onnx)!);
            var target = UserFile.Of("--onnx", path, parsed.GetValue(force));
            var size = 0L;
            IReadOnlyList<string> inputs = [];
            try
            {
                target.Write(stream =>
                {
                    (inputs, var hasFolded) = OnnxExport.Write(stream, loaded, new OnnxOptions
                    {
                        FoldBatchNorm = parsed.GetValue(fold), TakesFeatures = parsed.GetValue(features),
                        WithEncoding = parsed.GetValue(encoding),
                    });
                    if (parsed.GetValue(fold) && !hasFolded)
                        throw new UsageException("--fold-batch-norm: no batch normalization follows an affine layer");
                    size = stream.Length;
                });
            }
            catch (ArgumentException e)
            {
                throw new UsageException(e.Reason());
            }
            target.Notes.WriteLine($"{path}: {loaded.Network}");
            target.Notes.WriteLine(Say(
                $"{InputsOf(loaded, inputs)}, scores [N, {loaded.Network.Outputs}]; "
                + $"operators of version {OnnxExport.Opset}, {size:N0} bytes"));
            return ExitCode.Done;
        });
        return command;
    }

    private static string InputsOf(Model<float> model, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return $"input [N, {model.Network.Inputs}]";
        var inputs = names.Zip(((TableEncoder)model.Encoder).Columns, (name, column) =>
            name + (column is CategoryEncoding ? " (text)" : ""));
        return $"inputs {Visible.Line(Rows.Few(inputs, 20))}, each [N, 1]";
    }
}

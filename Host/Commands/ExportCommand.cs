using System.CommandLine;
using Functional.Host.Files;
using Functional.Host.Models.Onnx;

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
        var force = CommonOptions.Force();
        var command = new CommandWithExamples("export", "Export a model to ONNX, which other runtimes can read.",
            ("functional export runs/NAME --onnx model.onnx", "a run's model, for ONNX Runtime"),
            ("functional export model.safetensors --onnx model.onnx --fold-batch-norm",
                "a model file, for ONNX Runtime, with fewer operations"))
        {
            model.Path, onnx, fold, features, force, model.Activation,
        };
        command.SetAction(parsed =>
        {
            var (loaded, path) = (model.Load(parsed), parsed.GetValue(onnx)!);
            var target = UserFile.Of("--onnx", path, parsed.GetValue(force));
            var size = 0L;
            try
            {
                target.Write(stream =>
                {
                    OnnxExport.Save(stream, loaded, new OnnxOptions
                    {
                        FoldBatchNorm = parsed.GetValue(fold), TakesFeatures = parsed.GetValue(features),
                    });
                    size = stream.Length;
                });
            }
            catch (ArgumentException e)
            {
                throw new UsageException(e.Message);
            }
            target.Notes.WriteLine($"{path}: {loaded.Network}");
            target.Notes.WriteLine(
                $"input [N, {loaded.Network.Inputs}], scores [N, {loaded.Network.Outputs}]; "
                + $"operators of version {OnnxExport.Opset}, {size:N0} bytes");
            return ExitCode.Done;
        });
        return command;
    }
}

using System.CommandLine;
using Functional.Host.Pages;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional serve</c>: a model as a page, and as an address for other programs.</summary>
internal static class ServeCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var model = new ModelArgument();
        var port = CommonOptions.Port();
        var open = new Option<bool>("--open") { Description = "open the page in the browser" };
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "serve", "Serve a model on this machine: a page to try it, and POST /predict for programs.",
            ("functional serve runs/NAME --open", "draw a digit, or fill in a row, in the browser"),
            ("functional serve model.safetensors --port 8080", "for programs: POST http://127.0.0.1:8080/predict"))
        {
            model.Path, port, open, model.Activation, json,
        };
        command.SetAction(parsed =>
        {
            var (loaded, path) = (model.Load(parsed), parsed.GetValue(model.Path)!);
            var page = ServePage.Render(loaded, path, Locale.Language);
            using var interruption = new Interruption();
            using var server = PredictionServer.Start(loaded, page, parsed.GetValue(port));
            if (parsed.GetValue(json))
                new JsonReport(Console.Out).Write(
                    "serving", ("model", path), ("address", server.Address), ("port", server.Port));
            else
            {
                Console.WriteLine($"{path}: {loaded}");
                Console.WriteLine(Say($"{server.Address}  (POST {server.Address}predict; Ctrl-C ends it)"));
            }
            Console.Out.Flush();
            if (parsed.GetValue(open))
                Browser.OpenAddress(server.Address);
            server.RunAsync(interruption.Token).GetAwaiter().GetResult();
            return ExitCode.Interrupted;
        });
        return command;
    }
}

/// The two ways to run the laws: `dotnet run`, which is Expecto's own, and `dotnet test`, by way of this adapter.
namespace Functional.Properties

open System
open System.Reflection
open System.Threading
open Expecto
open Expecto.Impl
open Microsoft.VisualStudio.TestPlatform.ObjectModel
open Microsoft.VisualStudio.TestPlatform.ObjectModel.Adapter
open Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging

module Runner =
    [<Literal>]
    let Uri = "executor://functional-expecto/"

    let all: Test =
        testFromAssembly (Assembly.GetExecutingAssembly())
        |> Option.defaultWith (fun () -> failwith "there are no tests")

/// The Visual Studio Test Platform finds it by the end of the assembly's name: .TestAdapter.
[<FileExtension ".dll"; DefaultExecutorUri(Runner.Uri); ExtensionUri(Runner.Uri)>]
type TestAdapter() =
    let stop = new CancellationTokenSource()

    let tests: (TestCase * FlatTest) list =
        let source = Assembly.GetExecutingAssembly().Location
        [ for test in Test.toTestCodeList Runner.all ->
              TestCase(JoinWith.Dot.format test.name, Uri Runner.Uri, source, DisplayName = List.last test.name), test ]

    /// Runs these and tells of each as soon as it has ended.
    let run (chosen: TestCase -> bool) (handle: IFrameworkHandle) : unit =
        let cases = dict [ for case, _ in tests do if chosen case then case.FullyQualifiedName, case ]
        let ended (name: string) outcome (duration: TimeSpan) (message: string) =
            async {
                let result = TestResult(cases[name], Outcome = outcome, Duration = duration)
                if message <> "" then result.ErrorMessage <- message
                handle.RecordResult result
            }
        let printer =
            { TestPrinters.silent with
                beforeEach = fun name _ -> async { handle.RecordStart cases[name] }
                passed = fun name duration -> ended name TestOutcome.Passed duration ""
                ignored = fun name reason -> ended name TestOutcome.Skipped TimeSpan.Zero reason
                failed = fun name message duration -> ended name TestOutcome.Failed duration message
                exn = fun name failure duration -> ended name TestOutcome.Failed duration (string failure) }
        let config = { ExpectoConfig.defaultConfig with printer = printer; noSpinner = true }
        let chosenTests = Test.filter "." (fun names -> cases.ContainsKey(JoinWith.Dot.format names)) Runner.all
        evalTestsWithCancel stop.Token config chosenTests false |> Async.RunSynchronously |> ignore
        // A warning, since of less the console shows nothing.
        handle.SendMessage(TestMessageLevel.Warning, Law.summary ())

    interface ITestDiscoverer with
        member _.DiscoverTests(_, _, _, sink) = for case, _ in tests do sink.SendTestCase case

    interface ITestExecutor with
        member _.RunTests(cases: TestCase seq | null, _: IRunContext | null, handle: IFrameworkHandle | null) =
            let names = set [ for case in nonNull cases -> case.FullyQualifiedName ]
            run (fun case -> names.Contains case.FullyQualifiedName) (nonNull handle)

        member _.RunTests(_: string seq | null, context: IRunContext | null, handle: IFrameworkHandle | null) =
            let isFull name = name = "FullyQualifiedName"
            let property name =
                if isFull name then TestCaseProperties.FullyQualifiedName else TestCaseProperties.DisplayName
            let value (case: TestCase) name : obj = if isFull name then case.FullyQualifiedName else case.DisplayName
            let names = [ "FullyQualifiedName"; "Name"; "DisplayName" ]
            match (nonNull context).GetTestCaseFilter(names, Func<_, _> property) with
            | null -> run (fun _ -> true) (nonNull handle)
            | filter -> run (fun case -> filter.MatchTestCase(case, Func<_, _>(value case))) (nonNull handle)

        member _.Cancel() = stop.Cancel()

module Main =
    [<EntryPoint>]
    let main args =
        let code = runTestsWithCLIArgs [ CLIArguments.No_Spinner ] args Runner.all
        Console.WriteLine(Law.summary ())
        code

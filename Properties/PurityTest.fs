module Functional.Properties.PurityTest

open System
open System.Reflection
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.References

/// What pure code has no use for: a kind, and whether a reference is of it.
type private Ban = { Kind: string; Matches: Reference -> bool }

let private within (spaces: string list) (r: Reference) =
    spaces |> List.exists (fun space -> r.Type = space || r.Type.StartsWith(space + ".", StringComparison.Ordinal))

let private oneOf (members: (string * string list) list) (r: Reference) =
    members |> List.exists (fun (t, names) -> r.Type = t && List.contains r.Member names)

/// FSharp.Core's ways to the console.
let private prints =
    let printers = [ "PrintFormat"; "PrintFormatLine"; "PrintFormatToError"; "PrintFormatLineToError" ]
    [ "Microsoft.FSharp.Core.PrintfModule", printers @ [ "PrintFormatToTextWriter"; "PrintFormatLineToTextWriter" ]
      "Microsoft.FSharp.Core.ExtraTopLevelOperators", printers
      "Microsoft.FSharp.Core.Operators", [ "ConsoleIn"; "ConsoleOut"; "ConsoleError" ] ]

/// They come from the C library, whose results differ from system to system.
let private functionsOfC =
    [ "Acos"; "Acosh"; "Asin"; "Asinh"; "Atan"; "Atan2"; "Atanh"; "Cbrt"; "Cos"; "Cosh"; "Exp"; "Exp2"; "Exp10"; "ExpM1"
      "Log"; "Log2"; "Log10"; "LogP1"; "Hypot"; "Pow"; "RootN"; "Sin"; "SinCos"; "Sinh"; "Tan"; "Tanh" ]

let private bans: Ban list =
    [ { Kind = "file"; Matches = within [ "System.IO" ] }
      { Kind = "console"; Matches = fun r -> within [ "System.Console" ] r || oneOf prints r }
      { Kind = "clock"
        Matches = fun r ->
            within [ "System.Diagnostics.Stopwatch"; "System.TimeProvider"; "System.Timers" ] r
            || oneOf
                [ "System.DateTime", [ "get_Now"; "get_UtcNow"; "get_Today" ]
                  "System.DateTimeOffset", [ "get_Now"; "get_UtcNow" ]
                  "System.Environment", [ "get_TickCount"; "get_TickCount64" ] ] r }
      { Kind = "environment"; Matches = within [ "System.Environment"; "System.AppContext"; "System.AppDomain" ] }
      { Kind = "process"; Matches = within [ "System.Diagnostics.Process"; "System.Diagnostics.ProcessStartInfo" ] }
      { Kind = "network"; Matches = within [ "System.Net" ] }
      { Kind = "randomness"
        Matches = fun r ->
            within [ "System.Random"; "System.Security.Cryptography.RandomNumberGenerator" ] r
            || oneOf [ "System.Guid", [ "NewGuid"; "CreateVersion7" ] ] r
            || within [ "MathNet.Numerics.Random"; "MathNet.Numerics.Distributions" ] r
            || within [ "MathNet.Numerics.LinearAlgebra" ] r && r.Member.Contains "Random" }
      { Kind = "culture"; Matches = oneOf [ "System.Globalization.CultureInfo", [ "get_CurrentCulture" ] ] }
      { Kind = "C library"
        Matches = fun r ->
            oneOf [ for t in [ "Math"; "MathF"; "Double"; "Single" ] -> $"System.{t}", functionsOfC ] r
            || within
                [ for family in [ "Exponential"; "Logarithmic"; "Power"; "Trigonometric"; "Hyperbolic" ] do
                      $"System.Numerics.I{family}Functions`1" ] r }
      { Kind = "thread"
        Matches = fun r ->
            within [ "System.Threading" ] r
            || r.Type.StartsWith("Microsoft.FSharp.Control.FSharpAsync", StringComparison.Ordinal)
            || r.Type.StartsWith("Microsoft.FSharp.Control.FSharpMailbox", StringComparison.Ordinal) } ]

let private found (kind: string) (references: Reference list) : Reference list =
    references |> List.filter (bans |> List.find (fun ban -> ban.Kind = kind)).Matches

let private pathOf (t: Type) = t.Assembly.Location

/// The only code that may hold threads: the module, and F#'s initialization of its values.
let private isTeam (user: string) =
    user.StartsWith("Functional.Numerics.Team", StringComparison.Ordinal)
    || user.StartsWith "<StartupCode$" && user.EndsWith ".$Functional.Numerics.Team"

/// Never called: one use of everything that is banned, to show that it would be found.
module Impure =
    let file () = IO.File.ReadAllText "file"
    // Expecto has a printfn of its own.
    let console () = Microsoft.FSharp.Core.ExtraTopLevelOperators.printfn "%d" 1
    let clock () = DateTime.UtcNow, Diagnostics.Stopwatch.GetTimestamp(), Environment.TickCount64
    let environment () = Environment.GetEnvironmentVariable "PATH"
    let process' () = Diagnostics.Process.GetCurrentProcess()
    let network () = new Net.Http.HttpClient()
    let randomness () = Random.Shared.Next(), Guid.NewGuid(), Security.Cryptography.RandomNumberGenerator.GetInt32 2
    let culture () = Globalization.CultureInfo.CurrentCulture
    let cLibrary (x: float) = exp x ** 2.0
    let generic<'T when Real<'T>> (x: 'T) = 'T.Log x
    let thread () = Threading.Thread.Yield()

[<Tests>]
let laws =
    testList "purity" [
        testCase "the core refers to no file, console, clock, environment, network or ambient randomness" <| fun () ->
            let references = ofAssembly (pathOf typeof<Key>)
            let forbidden =
                [ for ban in bans do
                      if ban.Kind <> "thread" then for r in found ban.Kind references -> $"{ban.Kind}: {r}" ]
            Assert.True(forbidden.IsEmpty, String.concat "\n" forbidden)

        testCase "only the team knows threads" <| fun () ->
            let users = ofAssembly (pathOf typeof<Key>) |> found "thread" |> List.filter (fun r -> r.User <> "")
            Assert.Contains(users, fun r -> isTeam r.User)
            let others = users |> List.filter (fun r -> not (isTeam r.User))
            Assert.True(others.IsEmpty, $"%A{List.map string others}")

        testCase "the core calls no native library by itself" <| fun () ->
            Assert.Empty(nativeLibraries (pathOf typeof<Key>))

        testCase "everything that is banned would be found" <| fun () ->
            let path = Assembly.GetExecutingAssembly().Location
            let used = ofAssembly path |> List.filter (fun r -> r.User = "Functional.Properties.PurityTest")
            for ban in bans do Assert.True(not (found ban.Kind used).IsEmpty, ban.Kind)
            let expected =
                [ "file", "System.IO.File", "ReadAllText"
                  "console", "Microsoft.FSharp.Core.PrintfModule", "PrintFormatLineToTextWriter"
                  "console", "System.Console", "get_Out"
                  "clock", "System.DateTime", "get_UtcNow"
                  "clock", "System.Diagnostics.Stopwatch", "GetTimestamp"
                  "clock", "System.Environment", "get_TickCount64"
                  "environment", "System.Environment", "GetEnvironmentVariable"
                  "randomness", "System.Guid", "NewGuid"
                  "randomness", "System.Security.Cryptography.RandomNumberGenerator", "GetInt32"
                  "C library", "System.Math", "Exp"
                  "C library", "System.Math", "Pow"
                  "C library", "System.Numerics.ILogarithmicFunctions`1", "Log"
                  "thread", "System.Threading.Thread", "Yield" ]
            for kind, t, name in expected do
                Assert.Contains(found kind used, fun r -> r.Type = t && r.Member = name)

        testCase "no text of the core depends on the culture" <| fun () ->
            let texts () =
                let network = Network.create [ 3; 2 ] Activation.Relu Initializer.Xavier (Key.OfSeed 1)
                let batch = Batch.ofLabels (Dense.matrix 3 4 (Key.normals 12 (Key.OfSeed 2))) [| 0; 1; 1; 0 |]
                let optimizer = Optimizer.Adam().WithClipNorm(0.5).WithWeightDecay(0.25)
                let state = Training.start network optimizer (Key.OfSeed 3)
                let struct (_, report) = Training.step state batch
                let refused = Optimizer.Adam(learningRate = -0.5).WithClipValue -0.5
                [ string report; string state; string (Diagnostics.ofState state batch)
                  string (Network.gradient (Key.OfSeed 4) network batch)
                  for difference in Differences.check network batch do string difference
                  string (Schedule.OneCycle(10, 0.25)); string (Penalty.L2 0.5); string (Loss.Huber 0.5)
                  string (Initializer.Normal 0.5); string (Activation.LeakyRelu 0.5)
                  string (Augmentation.Elastic(0.5, 1.5)); string { Ratio = 0.5; Form = DropoutForm.Book }
                  for fault in Optimizer.faults refused do string fault ]
            let comma = Globalization.CultureInfo.InvariantCulture.Clone() :?> Globalization.CultureInfo
            comma.NumberFormat.NumberDecimalSeparator <- ","
            let here = Globalization.CultureInfo.CurrentCulture
            let underComma =
                try
                    Globalization.CultureInfo.CurrentCulture <- comma
                    Assert.Equal("0,5", (0.5).ToString())
                    texts ()
                finally
                    Globalization.CultureInfo.CurrentCulture <- here
            Assert.Equal<string list>(texts (), underComma)

        testCase "the host is found to be impure" <| fun () ->
            let references = ofAssembly (pathOf typeof<Functional.Host.Data.Loader>)
            for kind in [ "file"; "console"; "clock"; "environment" ] do
                Assert.True(not (found kind references).IsEmpty, kind)
    ]

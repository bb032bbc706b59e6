/// Trainings on the built-in digits, recorded once: a task that looks its values up.
module Functional.Benchmarks.Samplers.Tables

open System
open System.Collections.Generic
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text.Json
open Functional.Host.Search

/// An option of training. If its values are in order, a sampler may know.
type private Column = { Option: string; Values: string list; IsOrdered: bool; When: (string * string) option }

type private Table = { Name: string; Columns: Column list; Common: string list }

let private ordered (option: string) (values: string) =
    { Option = option; Values = List.ofArray (values.Split '|'); IsOrdered = true; When = None }

let private chosen (option: string) (values: string) = { ordered option values with IsOrdered = false }

let private onlyIf (other: string) (value: string) (column: Column) = { column with When = Some(other, value) }

/// A half of the samples is for validation, so that accuracies have steps of 0.2 points.
let private common = [ "--samples"; "1000"; "--validation"; "0.5" ]

let private tables: Table list =
    [ { Name = "digits: rates"
        Columns =
          [ ordered "learning-rate" "0.0001|0.0003|0.001|0.003|0.01|0.03|0.1|0.3|1|3|10"
            ordered "l2" "1e-06|1e-05|0.0001|0.001|0.01|0.1"
            ordered "batch-size" "5|10|20|40|80|160" ]
        Common = [ "--hidden"; "50"; "--epochs"; "10" ] }
      { Name = "digits: optimizers"
        Columns =
          [ chosen "optimizer" "sgd|momentum|rmsprop|adam"
            ordered "learning-rate" "1e-05|0.0001|0.0003|0.001|0.003|0.01|0.03|0.1|1"
            ordered "momentum" "0.5|0.7|0.9|0.95|0.99" |> onlyIf "optimizer" "momentum"
            ordered "beta1" "0.5|0.7|0.9|0.95|0.99" |> onlyIf "optimizer" "adam"
            ordered "dropout" "0|0.1|0.3|0.5" ]
        Common = [ "--hidden"; "50"; "--epochs"; "8" ] }
      { Name = "digits: networks"
        Columns =
          [ chosen "hidden" "20|100|20,20|100,100|20,20,20"
            chosen "activation" "relu|tanh|sigmoid|silu"
            chosen "init" "he|xavier|normal:0.01"
            ordered "learning-rate" "0.003|0.01|0.03|0.1|0.3|1|3" ]
        Common = [ "--epochs"; "8" ] }
      { Name = "digits: deep"
        Columns =
          [ chosen "activation" "relu|sigmoid"
            chosen "init" "he|normal:0.1|normal:0.01"
            chosen "batch-norm" "false|true"
            ordered "learning-rate" "0.001|0.003|0.01|0.03|0.1|0.3|1|3"
            ordered "l2" "1e-05|0.0001|0.001|0.01" ]
        Common = [ "--hidden"; "30,30,30,30,30"; "--epochs"; "8" ] } ]

/// Trains every configuration of every table with the program, and writes a line for each: the table, its options in
/// order, and the validation accuracy, or nothing if the training failed.
let record (program: string) (path: string) : unit =
    use file = new StreamWriter(path)
    for table in tables do
        let space =
            [ for column in table.Columns do
                let condition = match column.When with Some(other, value) -> $" if {other}={value}" | None -> ""
                yield! [ "--space"; $"""{column.Option}={String.Join('|', column.Values)}{condition}""" ] ]
        let folder = Directory.CreateTempSubdirectory().FullName
        let words =
            [ "search"; "--sampler"; "grid"; "--json"; "--workers"; "1"; "--study"; Path.Combine(folder, "study")
              yield! common; yield! table.Common; yield! space ]
        use search = new Process(StartInfo = ProcessStartInfo(program, words, RedirectStandardOutput = true))
        search.Start() |> ignore
        for line in search.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries) do
            let found = JsonDocument.Parse(line).RootElement
            if found.GetProperty("event").GetString() = "trial" then
                let parameters = found.GetProperty "parameters"
                let option (column: Column) =
                    match parameters.TryGetProperty column.Option with
                    | true, value -> $"{column.Option}={value.GetString()}"
                    | _ -> ""
                let value = match found.TryGetProperty "value" with true, value -> value.GetRawText() | _ -> ""
                let options = String.Join(';', table.Columns |> List.map option |> List.filter (fun text -> text <> ""))
                file.WriteLine $"{table.Name}\t{options}\t{value}"
        search.WaitForExit()
        if search.ExitCode <> 0 then failwith $"{table.Name}: the search ended with {search.ExitCode}"
        Directory.Delete(folder, recursive = true)

/// The tasks, as they are recorded in a file.
let read (path: string) : Task list =
    let recorded = Dictionary<string, float>()
    for line in File.ReadLines path do
        let words = line.Split '\t'
        let value =
            if words[2] = "" then nan else 1.0 - Double.Parse(words[2], CultureInfo.InvariantCulture)
        recorded.Add($"{words[0]}\t{words[1]}", value)
    [ for table in tables do
        let parameter (column: Column) =
            let whole =
                if column.IsOrdered then
                    Hyperparameter.UniformInteger(column.Option, 0, column.Values.Length - 1)
                else
                    Hyperparameter.Choice(column.Option, column.Values)
            match column.When with Some(other, value) -> whole.When(other, [ value ]) | None -> whole
        let text (configuration: Configuration) (column: Column) =
            let value = configuration.Find column.Option
            if not value.HasValue then None
            elif column.IsOrdered then Some $"{column.Option}={column.Values[configuration.Integer column.Option]}"
            else Some $"{column.Option}={configuration.Choice column.Option}"
        { Task.Name = table.Name
          Space = List.map parameter table.Columns
          Least =
            Seq.min
                [ for entry in recorded do
                    if entry.Key.StartsWith($"{table.Name}\t", StringComparison.Ordinal)
                       && not (Double.IsNaN entry.Value) then
                        entry.Value ]
          Value =
            fun configuration ->
                let options = String.Join(';', List.choose (text configuration) table.Columns)
                recorded[$"{table.Name}\t{options}"] } ]

// Charts at the prompt: Chart.show opens one in the browser, Chart.save saves it to a file.
// F# Interactive loads this file after `#r "nuget: Functional.Host"`.
[<AutoOpen>]
module Charts

open Functional.Host.Charts
open Functional.Host.Data
open Functional.Host.Pages

// Short output at the prompt for data sets.
fsi.AddPrinter(fun (data: DataSet) -> string data)
fsi.AddPrinter(fun (part: DataPart) -> string part)
fsi.AddPrinter(fun (samples: Samples) -> string samples)

/// Functions for charts.
module Chart =
    /// Opens the chart in the browser. With BROWSER=none, or without a browser, only prints where the page is.
    let show (chart: Chart) : unit =
        let struct (page, opened) = ChartFile.Show chart
        printfn $"""{if opened then "opened" else "to be opened in a browser"}: {page}"""

    /// Saves the chart as .svg (a picture), .html (a page) or .csv (its numbers).
    let save (path: string) (chart: Chart) : unit = ChartFile.Save(chart, path)

    /// A chart of named lines.
    let line (title: string) (x: string) (y: string) (lines: (string * float seq) seq) : Chart =
        LineChart(title, Axis x, Axis y, Series = [| for name, ys in lines -> Series(name, Array.ofSeq ys) |])

namespace Functional

/// What is wrong with one value of several that belong together.
[<StructuredFormatDisplay("{Display}")>]
type Fault =
    { /// The property that has the value; empty where there is none.
      Field: string
      /// What is wrong with it.
      Message: string }

    member private fault.Display = string fault
    /// As in `LearningRate: the learning rate must be finite and not negative, but is -1`.
    override fault.ToString() = if fault.Field = "" then fault.Message else $"{fault.Field}: {fault.Message}"

namespace Functional.FSharp

open System

/// For arguments that can be null, whatever their types say: all that C# passes, and .NET's own types from F#.
[<AutoOpen>]
module internal Given =
    /// The argument of this name. Raises ArgumentNullException if it is null.
    let inline given name x = nullArgCheck name x

module internal Faults =
    /// Raises ArgumentException with all of them, a line each, if there are any.
    let refuse (faults: string list) =
        if not faults.IsEmpty then raise (ArgumentException(String.concat "\n" faults))

    /// What is wrong with a number that must be finite and not negative.
    let ofRate (what: string) (x: float) : string list =
        [ if not (Double.IsFinite x) || x < 0.0 then $"{what} must be finite and not negative, but is {string x}" ]

    /// What is wrong with a number that must be at least 1.
    let ofCount (what: string) (n: int) : string list = [ if n < 1 then $"{what} must be at least 1, but is {n}" ]

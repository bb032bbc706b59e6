/// Values as F# Interactive reads them, so that a counterexample can be pasted there.
module Functional.Properties.Expression

open System
open System.Collections
open System.Globalization
open System.Reflection
open FSharp.Reflection
open Functional
open MathNet.Numerics.LinearAlgebra

let private number (x: float) (text: string) (suffix: string) : string =
    if Double.IsNaN x then "nan" + suffix
    elif Double.IsInfinity x then (if x < 0.0 then "-infinity" else "infinity") + suffix
    elif text |> Seq.forall (fun c -> Char.IsDigit c || c = '-') then $"{text}.0{suffix}"
    else text + suffix

/// A type of this assembly.
type private Here = class end

let private anyAccess = BindingFlags.Public ||| BindingFlags.NonPublic

/// The type says what a null stands for: F# compiles unit and None to it.
let rec private write (declared: Type) (value: objnull) : string =
    let list opening (items: IEnumerable) closing =
        let written = [ for item in items -> write typeof<obj> item ]
        opening + String.Join("; ", written) + closing
    let arguments (fields: (Type * objnull)[]) = String.Join(", ", [ for t, field in fields -> write t field ])
    match value with
    | null when declared = typeof<unit> -> "()"
    | null when declared.IsGenericType && declared.GetGenericTypeDefinition() = typedefof<option<_>> -> "None"
    | null -> "null"
    | :? float as x -> number x (x.ToString("R", CultureInfo.InvariantCulture)) ""
    | :? float32 as x -> number (float x) (x.ToString("R", CultureInfo.InvariantCulture)) "f"
    | :? int64 as n -> $"{n}L"
    | :? uint32 as n -> $"{n}u"
    | :? byte as n -> $"{n}uy"
    | :? bool as isTrue -> if isTrue then "true" else "false"
    | :? string as text -> "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + "\""
    | :? Matrix<float> as x ->
        $"Matrix<float>.Build.Dense({x.RowCount}, {x.ColumnCount}, {write typeof<obj> (x.ToColumnMajorArray())})"
    | :? Vector<float> as x -> $"Vector<float>.Build.Dense({write typeof<obj> (x.ToArray())})"
    | :? Array as items -> list "[| " items " |]"
    | :? Activation as activation when activation.Function.IsCustom -> "softsign"
    | :? Enum as choice -> $"{choice.GetType().Name}.{choice}"
    | value ->
        let t = value.GetType()
        if t.IsGenericType && t.GetGenericTypeDefinition() = typedefof<list<_>> then
            list "[ " (value :?> IEnumerable) " ]"
        elif FSharpType.IsTuple t then
            "(" + arguments (Array.zip (FSharpType.GetTupleElements t) (FSharpValue.GetTupleFields value)) + ")"
        elif FSharpType.IsRecord(t, anyAccess) then
            let fields = FSharpType.GetRecordFields(t, anyAccess)
            let written = [ for field in fields -> $"{field.Name} = {write field.PropertyType (field.GetValue value)}" ]
            "{ " + t.Name + "." + String.Join("; ", written) + " }"
        elif FSharpType.IsUnion(t, anyAccess) then
            let case, fields = FSharpValue.GetUnionFields(value, t, anyAccess)
            let name = if t.IsGenericType then case.Name else $"{case.DeclaringType.Name}.{case.Name}"
            if fields.Length = 0 then name
            else $"{name}({arguments (Array.zip [| for field in case.GetFields() -> field.PropertyType |] fields)})"
        else Unchecked.nonNull (Convert.ToString(value, CultureInfo.InvariantCulture))

let text (value: 'T) : string = write typeof<'T> (box value)

/// What has to stand before a value's text in F# Interactive: where its types are.
let preamble: string list =
    [ $"#I @\"{AppContext.BaseDirectory}\""
      for part in [ typeof<Matrix<float>>; typeof<Functional.Key>; typeof<FsCheck.Property>; typeof<Here> ] do
          $"#r \"{part.Assembly.GetName().Name}.dll\""
      for space in
          [ "MathNet.Numerics.LinearAlgebra"; "Functional"; "Functional.Properties.Tables"
            "Functional.Properties.Cases"; "Functional.Properties.Descents"; "Functional.Properties.PairLaws" ] do
          $"open {space}" ]

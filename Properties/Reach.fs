/// The arrays that a value is made of, found by reflection: what must not change, whoever writes where.
module Functional.Properties.Reach

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Reflection
open Xunit

let private fieldsOf = ConcurrentDictionary<Type, FieldInfo[]>()

let rec private allFields (t: Type | null) : FieldInfo list =
    match t with
    | null -> []
    | t ->
        let own = BindingFlags.Instance ||| BindingFlags.DeclaredOnly
        List.ofArray (t.GetFields(own ||| BindingFlags.Public ||| BindingFlags.NonPublic)) @ allFields t.BaseType

/// All arrays of numbers reachable from the value through fields, closures included.
let arrays (root: objnull) : Array list =
    let seen = HashSet<obj> ReferenceEqualityComparer.Instance
    let found = ResizeArray<Array>()
    let rec walk (value: objnull) =
        match value with
        | null | :? string | :? MemberInfo | :? Pointer -> ()
        | value when value.GetType().IsPrimitive || not (seen.Add value) -> ()
        | :? Array as array ->
            if (Unchecked.nonNull (array.GetType().GetElementType())).IsPrimitive then found.Add array
            else for element in array do walk element
        | value ->
            for field in fieldsOf.GetOrAdd(value.GetType(), fun t -> Array.ofList (allFields t)) do
                if not field.FieldType.IsPointer then walk (field.GetValue value)
    walk root
    List.ofSeq found

let private bytesOf (array: Array) : byte[] =
    let bytes = Array.zeroCreate (Buffer.ByteLength array)
    Buffer.BlockCopy(array, 0, bytes, 0, bytes.Length)
    bytes

/// What a value was made of at one time.
type Snapshot(value: objnull) =
    let before = arrays value |> List.map (fun array -> struct (array, bytesOf array))

    /// Raises, naming who is to blame, unless every bit is as it was.
    member _.AssertUnchanged(by: string) =
        Assert.NotEmpty before
        for struct (array, bytes) in before do
            if not ((bytesOf array).AsSpan().SequenceEqual bytes) then
                Assert.Fail $"{by} changed an array of {array.Length} {(array.GetType().GetElementType())}"

/// Writes all over what a value is made of: every bit of every array is turned around.
let scribble (value: objnull) : unit =
    for array in arrays value do
        Buffer.BlockCopy(bytesOf array |> Array.map (~~~), 0, array, 0, Buffer.ByteLength array)

/// Raises if the two have an array in common.
let assertApart (what: string) (a: objnull) (b: objnull) : unit =
    let those = HashSet<obj>(Seq.cast<obj> (arrays b), ReferenceEqualityComparer.Instance)
    for array in arrays a do
        if array.Length > 0 && those.Contains array then Assert.Fail $"{what} share an array of {array.Length} elements"

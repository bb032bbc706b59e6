namespace Functional

open System
open System.Collections
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional.Numerics

/// What a leaf does in its layer. Penalties and weight decay act on weights alone.
type Role =
    /// What inputs are multiplied by.
    | Weight = 0
    /// What is added to an affine layer's outputs.
    | Bias = 1
    /// What a normalized feature is multiplied by.
    | Scale = 2
    /// What is added to a normalized feature.
    | Shift = 3
    /// Not trained, but observed: a running mean or variance.
    | Statistic = 4

/// The shape of a leaf: a vector (one dimension) or a matrix (rows, then columns).
[<Struct; NoComparison; StructuredFormatDisplay("{Display}")>]
type Shape =
    { /// The elements of a vector, the rows of a matrix.
      Rows: int
      /// 0 for a vector.
      Columns: int }

    /// Whether there is one dimension only.
    member shape.IsVector = shape.Columns = 0
    /// The number of elements.
    member shape.Length = shape.Rows * max 1 shape.Columns
    member private shape.Display = string shape
    override shape.ToString() = if shape.IsVector then $"{shape.Rows}" else $"{shape.Rows} x {shape.Columns}"

/// One leaf of what is trained: a weight matrix, a bias, ...
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Parameter<'T when Real<'T>> =
    { /// Unique among the leaves, for instance `affine1.weight`.
      Name: string
      /// What it does in its layer.
      Role: Role
      /// Of the elements.
      Shape: Shape
      /// The elements, those of a matrix column after column. Of a leaf that a network, a state or a gradient handed
      /// out they are a copy: nobody else sees a write to them.
      Values: Vector<'T> }

    member internal leaf.Copy = { leaf with Values = Dense.vector (leaf.Values.ToArray()) }

    /// The leaf as a matrix (a vector is one column), sharing the leaf's elements.
    member leaf.Matrix: Matrix<'T> = Dense.matrix leaf.Shape.Rows (max 1 leaf.Shape.Columns) (Dense.values leaf.Values)

    member private leaf.Display = string leaf
    override leaf.ToString() = $"{leaf.Name} ({leaf.Shape})"

/// The ordered leaves of anything that is trained, of a gradient with respect to it, or of what layers observe.
/// Immutable: each leaf that it hands out is a copy.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Parameters<'T when Real<'T>> internal (leaves: Parameter<'T>[]) =
    member internal _.Leaves = leaves

    /// How many leaves there are.
    member _.Count = leaves.Length

    /// The number of elements in all leaves.
    member _.Length = leaves |> Array.sumBy _.Shape.Length

    /// A copy of a leaf, by its place in the order of layers.
    member _.Item with get (index: int) = leaves[index].Copy

    /// A copy of the leaf of this name. Raises KeyNotFoundException, naming those that there are.
    member _.Item
        with get (name: string) =
            match leaves |> Array.tryFind (fun leaf -> leaf.Name = name) with
            | Some leaf -> leaf.Copy
            | None ->
                let names = leaves |> Array.map _.Name |> String.concat ", "
                raise (KeyNotFoundException $"there is no parameter '{name}'; there are {names}")

    member private this.Display = string this
    override this.ToString() = leaves |> Array.map string |> String.concat ", "

    interface IReadOnlyList<Parameter<'T>> with
        member _.Count = leaves.Length
        member _.Item with get index = leaves[index].Copy
        member _.GetEnumerator() : IEnumerator<Parameter<'T>> = (leaves |> Seq.map _.Copy).GetEnumerator()
        member this.GetEnumerator() : IEnumerator = (this :> seq<Parameter<'T>>).GetEnumerator()

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// One leaf of what is trained.
[<RequireQualifiedAccess>]
module Parameter =
    let internal isStatistic (leaf: Parameter<'T>) : bool = leaf.Role = Role.Statistic

    let internal ofFreshMatrix name role (x: Matrix<'T>) : Parameter<'T> =
        { Name = name
          Role = role
          Shape = { Rows = x.RowCount; Columns = x.ColumnCount }
          Values = Dense.vector (Dense.elements x) }

    let internal ofFreshVector name role (x: Vector<'T>) : Parameter<'T> =
        { Name = name; Role = role; Shape = { Rows = x.Count; Columns = 0 }; Values = x }

    let internal ofWeightAndBias (weight: Matrix<'T>) (bias: Vector<'T>) : Parameter<'T>[] =
        [| ofFreshMatrix "weight" Role.Weight weight; ofFreshVector "bias" Role.Bias bias |]

    /// A leaf with a copy of this matrix.
    let ofMatrix (name: string) (role: Role) (value: Matrix<'T>) : Parameter<'T> =
        ofFreshMatrix (given (nameof name) name) role (Dense.copy (given (nameof value) value))

    /// A leaf with a copy of this vector.
    let ofVector (name: string) (role: Role) (value: Vector<'T>) : Parameter<'T> =
        ofFreshVector (given (nameof name) name) role (Dense.vector ((given (nameof value) value).ToArray()))

/// Walks over leaves, several lists side by side: all that optimizers need.
[<RequireQualifiedAccess>]
module Parameters =
    /// Gives one item after the other.
    let internal inTurn (items: 'Item[]) : unit -> 'Item =
        let mutable given = 0
        fun () ->
            given <- given + 1
            items[given - 1]

    /// Raises ArgumentException unless both have the same leaves (names and shapes, in order).
    let internal checkAlike (what: string) (expected: Parameters<'T>) (found: Parameters<'T>) =
        if expected.Count <> found.Count then
            invalidArg what $"{what} has {found.Count} leaves, but the parameters have {expected.Count}"
        for i in 0 .. expected.Count - 1 do
            let e, f = expected.Leaves[i], found.Leaves[i]
            // A shape's Equals would box it.
            if not (String.Equals(e.Name, f.Name) && e.Shape.Rows = f.Shape.Rows && e.Shape.Columns = f.Shape.Columns)
            then
                invalidArg what $"{what} has {f} where the parameters have {e}"
            if e.Values.Count <> f.Values.Count then
                invalidArg
                    what
                    $"{f.Name} in {what} has {f.Values.Count} elements where the parameters have {e.Values.Count}"

    /// The leaves themselves, to read: they are not copied.
    let internal toArray (leaves: Parameter<'T> seq) : Parameter<'T>[] =
        match leaves with
        | :? Parameters<'T> as leaves -> leaves.Leaves
        | leaves -> Array.ofSeq leaves

    /// The same leaves with copies of their elements.
    let internal copies (leaves: Parameter<'T> seq) : Parameter<'T>[] = toArray leaves |> Array.map _.Copy

    /// Copies of these leaves. Raises ArgumentException if two have the same name, or elements don't fill their shape.
    let ofSeq (leaves: Parameter<'T> seq) : Parameters<'T> =
        let leaves = copies (given (nameof leaves) leaves)
        for leaf in leaves do
            if leaf.Values.Count <> leaf.Shape.Length then
                invalidArg (nameof leaves) $"{leaf} needs {leaf.Shape.Length} elements, but has {leaf.Values.Count}"
        for name, same in Array.groupBy _.Name leaves do
            if same.Length > 1 then invalidArg (nameof leaves) $"{same.Length} leaves have the name '{name}'"
        Parameters leaves

    /// One leaf `x`: a copy of the vector. What an optimizer needs to minimize a plain function.
    let ofVector (x: Vector<'T>) : Parameters<'T> =
        Parameters [| Parameter.ofVector "x" Role.Weight (given (nameof x) x) |]

    /// All elements, leaf after leaf.
    let toVector (parameters: Parameters<'T>) : Vector<'T> =
        parameters.Leaves |> Array.collect (fun leaf -> Dense.values leaf.Values) |> Dense.vector

    /// The same leaves with other elements, taken from a vector as `toVector` returns it.
    /// Raises ArgumentException if the length differs.
    let withVector (elements: Vector<'T>) (parameters: Parameters<'T>) : Parameters<'T> =
        if (given (nameof elements) elements).Count <> parameters.Length then
            invalidArg (nameof elements) $"{elements.Count} elements for parameters with {parameters.Length}"
        let all = Dense.values elements
        let mutable taken = 0
        parameters.Leaves
        |> Array.map (fun leaf ->
            taken <- taken + leaf.Shape.Length
            { leaf with Values = Dense.vector (Array.sub all (taken - leaf.Shape.Length) leaf.Shape.Length) })
        |> Parameters

    /// New elements for every leaf; the function gets the leaf and must not write to its elements.
    let internal mapLeaves (f: Parameter<'T> -> 'T[]) (parameters: Parameters<'T>) : Parameters<'T> =
        parameters.Leaves |> Array.map (fun leaf -> { leaf with Values = Dense.vector (f leaf) }) |> Parameters

    /// The same for every two leaves in the same place of parameters that are alike.
    let internal map2Leaves
        (f: Parameter<'T> -> Parameter<'T> -> 'T[]) (a: Parameters<'T>) (b: Parameters<'T>) : Parameters<'T> =
        Parameters(Array.map2 (fun a b -> { a with Values = Dense.vector (f a b) }) a.Leaves b.Leaves)

    /// A function of every element.
    let map (f: 'T -> 'T) (parameters: Parameters<'T>) : Parameters<'T> =
        mapLeaves (fun leaf -> Array.map f (Dense.values leaf.Values)) parameters

    /// A function of every two elements in the same place. Raises ArgumentException if the leaves differ.
    let map2 (f: 'T -> 'T -> 'T) (a: Parameters<'T>) (b: Parameters<'T>) : Parameters<'T> =
        checkAlike "the second argument" a b
        map2Leaves (fun a b -> Array.map2 f (Dense.values a.Values) (Dense.values b.Values)) a b

    /// The leaves of which this holds, as in `Parameters.filter (fun leaf -> leaf.Role = Role.Weight)`.
    let filter (isChosen: Parameter<'T> -> bool) (parameters: Parameters<'T>) : Parameters<'T> =
        parameters.Leaves |> Array.filter (_.Copy >> isChosen) |> Parameters

    let private checkLength (leaf: Parameter<'T>) (values: Vector<'T>) : 'T[] =
        if values.Count <> leaf.Shape.Length then
            invalidArg "f" $"{leaf} needs {leaf.Shape.Length} elements, but the function gives {values.Count}"
        values.ToArray()

    /// New elements for every leaf: a function of the leaf, with its name and role.
    /// Raises ArgumentException if it gives another number of elements.
    let mapByLeaf (f: Parameter<'T> -> Vector<'T>) (parameters: Parameters<'T>) : Parameters<'T> =
        parameters |> mapLeaves (fun leaf -> checkLength leaf (f leaf.Copy))

    /// New elements for every two leaves in the same place. Raises ArgumentException if the leaves differ, or the
    /// function gives another number of elements.
    let map2ByLeaf
        (f: Parameter<'T> -> Parameter<'T> -> Vector<'T>) (a: Parameters<'T>) (b: Parameters<'T>) : Parameters<'T> =
        checkAlike "the second argument" a b
        map2Leaves (fun a b -> checkLength a (f a.Copy b.Copy)) a b

    /// The parameters with the leaves of the same names replaced.
    /// Raises KeyNotFoundException for a leaf that isn't there, ArgumentException for one of another shape.
    let replace (others: Parameters<'T>) (parameters: Parameters<'T>) : Parameters<'T> =
        let found = others.Leaves |> Array.map (fun leaf -> parameters[leaf.Name])
        checkAlike (nameof others) (Parameters found) others
        parameters |> mapLeaves (fun leaf ->
            match others.Leaves |> Array.tryFind (fun other -> other.Name = leaf.Name) with
            | Some other -> Dense.values other.Values
            | None -> Dense.values leaf.Values)

    /// The same leaves, every element 0.
    let zeros (parameters: Parameters<'T>) : Parameters<'T> =
        mapLeaves (fun leaf -> Array.zeroCreate leaf.Shape.Length) parameters

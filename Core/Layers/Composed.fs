// Layers of layers. The layers inside are named as a network names its own: `residual1.affine2.weight`.
namespace Functional

open System.Runtime.InteropServices

/// What becomes of the outputs of parallel layers.
type Join =
    /// They are stacked.
    | Concatenate = 0
    /// They are added.
    | Sum = 1

/// Ties two leaves of the same shape, or one to the other's transpose.
[<StructuredFormatDisplay("{Display}")>]
type Tie =
    { /// The leaf that is trained, as in `affine1.weight`.
      Source: string
      /// The leaf that it also is, as in `affine2.weight`.
      Target: string
      /// Whether rows of the one are columns of the other, as in an autoencoder.
      Transposed: bool }

    /// Ties leaves of the same shape or, if it is transposed, of transposed shapes.
    static member Of
        (source: string, target: string, [<Optional; DefaultParameterValue(false)>] transposed: bool) =
        { Source = nullArgCheck (nameof source) source
          Target = nullArgCheck (nameof target) target
          Transposed = transposed }

    member private tie.Display = string tie
    override tie.ToString() = tie.Target + " = " + tie.Source + (if tie.Transposed then "'" else "")

namespace Functional.FSharp

open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// What is made of several matrices. Each function raises ArgumentException if their shapes don't fit.
module internal Join =
    let add (a: 'T[]) (b: 'T[]) : 'T[] = map2 (fun a b -> a + b) a b

    let private check (parts: Matrix<'T>[]) (isLike: Matrix<'T> -> Matrix<'T> -> bool) (how: string) =
        if parts.Length = 0 then invalidArg "layers" "there is no layer whose outputs could be joined"
        match parts |> Array.tryFind (isLike parts[0] >> not) with
        | Some other ->
            let shape (x: Matrix<'T>) = $"{x.RowCount} x {x.ColumnCount}"
            invalidArg "x" $"{shape parts[0]} and {shape other} can't be {how}"
        | None -> ()

    let sum (parts: Matrix<'T>[]) : Matrix<'T> =
        check parts (fun a b -> a.RowCount = b.RowCount && a.ColumnCount = b.ColumnCount) "added"
        parts |> Array.map Dense.elements |> Array.reduce add |> Dense.matrix parts[0].RowCount parts[0].ColumnCount

    /// The rows of the first, then those of the next.
    let stack (parts: Matrix<'T>[]) : Matrix<'T> =
        check parts (fun a b -> a.ColumnCount = b.ColumnCount) "stacked"
        let rows, columns = parts |> Array.sumBy _.RowCount, parts[0].ColumnCount
        let y = Dense.fresh (rows * columns)
        let mutable first = 0
        for part in parts do
            let elements, height = Dense.elements part, part.RowCount
            for j in 0 .. columns - 1 do Array.blit elements (j * height) y (j * rows + first) height
            first <- first + height
        Dense.matrix rows columns y

    /// Some rows.
    let part (first: int) (height: int) (x: Matrix<'T>) : Matrix<'T> =
        let elements, part = Dense.elements x, Dense.fresh (height * x.ColumnCount)
        for j in 0 .. x.ColumnCount - 1 do Array.blit elements (j * x.RowCount + first) part (j * height) height
        Dense.matrix height x.ColumnCount part

/// Leaves in two places.
module internal Tie =
    let private find (leaves: Parameter<'T>[]) (name: string) = leaves |> Array.tryFind (fun leaf -> leaf.Name = name)

    let private faultsOf (ties: Tie[]) (leaves: Parameter<'T>[]) : string list =
        [ for tie in ties do
              match find leaves tie.Source, find leaves tie.Target with
              | Some source, Some target ->
                  let shape = source.Shape
                  let turned =
                      if tie.Transposed then { Rows = shape.Columns; Columns = shape.Rows } else shape
                  if not (target.Shape.Equals turned) then
                      let how = if tie.Transposed then " transposed" else ""
                      $"{target} can't be {source}{how}"
                  // A statistic has a value after a batch in place of a gradient: those of two places have no sum.
                  if Parameter.isStatistic source || Parameter.isStatistic target then
                      $"{target} can't be {source}: statistics aren't trained"
              | source, _ ->
                  let missing = if source.IsNone then tie.Source else tie.Target
                  let names = leaves |> Array.map _.Name |> String.concat ", "
                  $"it has no leaf '{missing}'; there are {names}"
              if ties |> Array.exists (fun other -> other.Target = tie.Source) then
                  $"'{tie.Source}' can't be a source: it is tied itself"
          for name, same in Array.countBy _.Target ties do
              if same > 1 then $"'{name}' is tied {same} times" ]

    /// Everything that is wrong with ties of leaves.
    let faults (ties: Tie[]) (leaves: Parameter<'T>[]) : string list =
        match ties |> Array.tryFindIndex (box >> isNull) with
        | Some i -> [ $"tie {i + 1} is null" ]
        | None -> faultsOf ties leaves

    /// A leaf's elements as they lie in the other place.
    let private turned (tie: Tie) (leaf: Parameter<'T>) : 'T[] =
        if tie.Transposed then Dense.elements (leaf.Matrix.Transpose()) else Dense.values leaf.Values

    let isTarget (ties: Tie[]) (leaf: Parameter<'T>) : bool = ties |> Array.exists (fun tie -> tie.Target = leaf.Name)

    /// The group with these leaves, the elements of sources in their targets, too.
    let fill (ties: Tie[]) (group: Group<'T>) (leaves: Parameter<'T>[]) : Group<'T> =
        let value (leaf: Parameter<'T>) =
            match ties |> Array.tryFind (fun tie -> tie.Target = leaf.Name) with
            | Some tie -> { leaf with Values = Dense.vector (turned tie (find leaves tie.Source).Value) }
            | None -> leaf
        group.WithLeaves(Array.map value leaves)

    /// The gradient of a source is the sum over all its places.
    let gather (ties: Tie[]) (gradient: Parameter<'T>[]) : Parameter<'T>[] =
        let total (leaf: Parameter<'T>) =
            let add (sum: 'T[]) (tie: Tie) =
                if tie.Source <> leaf.Name then sum
                else Join.add sum (turned tie (gradient |> Array.find (fun leaf -> leaf.Name = tie.Target)))
            { leaf with Values = Dense.vector (Array.fold add (Dense.values leaf.Values) ties) }
        gradient |> Array.filter (isTarget ties >> not) |> Array.map total

namespace Functional

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Layers one after the other as one layer; without any, the identity.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Chain<'T when Real<'T>> internal (group: Group<'T>) =
    /// In the order of forward.
    new(layers: IEnumerable<ILayer<'T>>) = Chain(Group.Of(nullArgCheck (nameof layers) layers))

    /// In the order of forward.
    member _.Layers: IReadOnlyList<ILayer<'T>> = Array.AsReadOnly group.Layers
    member private layer.Display = string layer
    override _.ToString() = $"""chain ({Group.describe group ", "})"""

    interface IGroup<'T> with
        member _.Group = group
        member _.With inner = Chain inner
    interface ILayer<'T> with
        member _.Name = "chain"
        member layer.Description = string layer
        member _.Inputs = group.Inputs
        member _.Outputs = group.Outputs
        member _.Faults = Array.ofList (Group.faultsInOrder group.Layers)
        member _.Parameters = group.Leaves
        member _.WithParameters leaves = Chain(group.WithLeaves leaves)
        member _.Predict x = Group.predict group x
        member _.Forward(x, key) = Pullback.toLeaves id (Group.forwardAsOne key group x)

/// y = x + f(x), f being layers one after the other. Source: He et al., Deep Residual Learning (2016).
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Residual<'T when Real<'T>> internal (group: Group<'T>) =
    /// The layers of f, in order.
    new(layers: IEnumerable<ILayer<'T>>) = Residual(Group.Of(nullArgCheck (nameof layers) layers))

    /// The layers of f, in order.
    member _.Layers: IReadOnlyList<ILayer<'T>> = Array.AsReadOnly group.Layers
    member private layer.Display = string layer
    override _.ToString() = $"""residual ({Group.describe group ", "})"""

    interface IGroup<'T> with
        member _.Group = group
        member _.With inner = Residual inner
    interface ILayer<'T> with
        member _.Name = "residual"
        member layer.Description = string layer
        member _.Inputs = group.Inputs
        member _.Outputs = group.Outputs
        member _.Faults =
            [| yield! Group.faultsInOrder group.Layers
               if group.Inputs <> group.Outputs then
                   $"its layers make {group.Outputs} outputs of {group.Inputs} inputs, so x can't be added" |]
        member _.Parameters = group.Leaves
        member _.WithParameters leaves = Residual(group.WithLeaves leaves)
        member _.Predict x =
            let y = Group.predict group x
            Join.sum [| x; y |]
        member _.Forward(x, key) =
            let struct (y, pullback) = Group.forwardAsOne key group x
            struct (Join.sum [| x; y |], Func<_, _>(fun dy ->
                let struct (gradient, dx) = pullback.Invoke dy
                struct (gradient, lazy (Join.sum [| dy; dx.Value |]))))

/// Layers that all take x; their outputs are joined.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Parallel<'T when Real<'T>> internal (join: Join, group: Group<'T>) =
    let joined = if join = Join.Sum then Join.sum else Join.stack
    let outputsOf (layer: ILayer<'T>) = Group.outputsFor group.Inputs layer
    // Not asked of each layer for every layer around.
    let outputs =
        if group.Layers.Length = 0 then group.Inputs
        elif join = Join.Sum then outputsOf group.Layers[0]
        else Array.sumBy outputsOf group.Layers

    /// Layers with the same number of inputs; a `Chain` is several as one.
    new(join: Join, layers: IEnumerable<ILayer<'T>>) = Parallel(join, Group.Of(nullArgCheck (nameof layers) layers))

    /// What becomes of the outputs.
    member _.Join = join
    /// In the order of their outputs.
    member _.Layers: IReadOnlyList<ILayer<'T>> = Array.AsReadOnly group.Layers
    member private layer.Display = string layer
    override _.ToString() =
        let kind = if join = Join.Sum then "sum" else "concatenated"
        $"""parallel {kind} ({Group.describe group "; "})"""

    interface IGroup<'T> with
        member _.Group = group
        member _.With inner = Parallel(join, inner)
    interface ILayer<'T> with
        member _.Name = "parallel"
        member layer.Description = string layer
        member _.Inputs = group.Inputs
        member _.Outputs = outputs
        member _.Faults =
            [| if not (Enum.IsDefined join) then $"there is no join {int join}"
               if group.Layers.Length = 0 then "it needs at least one layer"
               if join = Join.Concatenate && group.Inputs = 0 then
                   "it needs a layer with a fixed number of inputs, such as an affine one"
               for i, layer in Seq.indexed group.Layers do
                   for fault in Group.faults layer do $"branch {i + 1} ({layer.Description}): {fault}"
                   if layer.Inputs > 0 && layer.Inputs <> group.Inputs then
                       $"branch {i + 1} ({layer.Description}) expects {layer.Inputs} inputs, but others {group.Inputs}"
                   if join = Join.Sum && outputsOf layer <> outputsOf group.Layers[0] then
                       $"branch {i + 1} gives {outputsOf layer} outputs, but branch 1 {outputsOf group.Layers[0]}" |]
        member _.Parameters = group.Leaves
        member _.WithParameters leaves = Parallel(join, group.WithLeaves leaves)
        member _.Predict x =
            ArgumentNullException.ThrowIfNull(x, nameof x)
            group.Layers |> Array.mapi (fun i layer -> Group.predictOne group.Names[i] layer x) |> joined
        member _.Forward(x, key) =
            ArgumentNullException.ThrowIfNull(x, nameof x)
            let keys = Group.keys key group.Layers
            let passed = group.Layers |> Array.mapi (fun i layer -> Group.forwardOne group.Names[i] keys[i] layer x)
            let y = passed |> Array.map _.Output |> joined
            struct (y, Func<_, _>(fun dy ->
                Pullback.checkShape y.RowCount y.ColumnCount dy
                let gradient = Array.zeroCreate group.Leaves.Length
                let mutable leaf, row = 0, 0
                let dx = Array.zeroCreate passed.Length
                for i in 0 .. passed.Length - 1 do
                    let height = passed[i].Output.RowCount
                    let dy = if join = Join.Sum then dy else Join.part row height dy
                    dx[i] <- Group.backOne group gradient leaf passed[i] dy
                    leaf <- leaf + group.Counts[i]
                    row <- row + height
                struct (gradient, lazy (dx |> Array.map _.Value |> Join.sum))))

/// Layers one after the other, some of whose leaves are the same: the gradient is the sum over all places.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Tied<'T when Real<'T>> internal (group: Group<'T>, ties: Tie[]) =
    /// Layers in order, and what is tied. A target takes the elements of its source. Raises ArgumentException with
    /// everything that is wrong with the ties.
    new(layers: IEnumerable<ILayer<'T>>, ties: IEnumerable<Tie>) =
        let group, ties = Group.Of(nullArgCheck (nameof layers) layers), Array.ofSeq (nullArgCheck (nameof ties) ties)
        Faults.refuse (Tie.faults ties group.Leaves)
        Tied(Tie.fill ties group group.Leaves, ties)

    /// In the order of forward.
    member _.Layers: IReadOnlyList<ILayer<'T>> = Array.AsReadOnly group.Layers
    /// What is tied.
    member _.Ties: IReadOnlyList<Tie> = Array.AsReadOnly ties
    member private layer.Display = string layer
    override _.ToString() = $"""tied ({Group.describe group ", "}; {ties |> Array.map string |> String.concat ", "})"""

    interface IGroup<'T> with
        member _.Group = group
        member _.With inner = Tied(inner, ties)
    interface ILayer<'T> with
        member _.Name = "tied"
        member layer.Description = string layer
        member _.Inputs = group.Inputs
        member _.Outputs = group.Outputs
        member _.Faults = Array.ofList (Group.faultsInOrder group.Layers)
        member _.Parameters = Array.filter (Tie.isTarget ties >> not) group.Leaves
        member _.WithParameters leaves =
            let next = Parameters.inTurn (Array.ofSeq leaves)
            let value leaf = if Tie.isTarget ties leaf then leaf else { leaf with Values = (next ()).Values }
            Tied(Tie.fill ties group (Array.map value group.Leaves), ties)
        member _.Predict x = Group.predict group x
        member _.Forward(x, key) = Pullback.toLeaves (Tie.gather ties) (Group.forwardAsOne key group x)

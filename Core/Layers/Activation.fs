namespace Functional

open System

/// An elementwise function, with its numbers. A new one is a case here, its row in `Data` and among `BuiltIn`, its
/// arithmetic, and a factory in `Activation`.
[<RequireQualifiedAccess; NoComparison>]
type ActivationFunction =
    | Relu
    | LeakyRelu of slope: float
    | Sigmoid
    | Tanh
    | Gelu
    | Silu
    | Elu of alpha: float
    | Softplus
    | Custom of CustomActivation

    /// One of each, with its usual number.
    static member internal BuiltIn: ActivationFunction list =
        [ ActivationFunction.Relu; ActivationFunction.LeakyRelu 0.01; ActivationFunction.Sigmoid
          ActivationFunction.Tanh; ActivationFunction.Gelu; ActivationFunction.Silu; ActivationFunction.Elu 1.0
          ActivationFunction.Softplus ]

    /// Its name; its number under its name, and the same function of another; how many flat sides it has (a unit that
    /// is on the only one is dead, an output on one of two is saturated).
    member internal f.Data: struct (string * (string * float * (float -> ActivationFunction)) option * int) =
        match f with
        | ActivationFunction.Relu -> struct ("relu", None, 1)
        | ActivationFunction.LeakyRelu x -> struct ("leaky-relu", Some("slope", x, ActivationFunction.LeakyRelu), 0)
        | ActivationFunction.Sigmoid -> struct ("sigmoid", None, 2)
        | ActivationFunction.Tanh -> struct ("tanh", None, 2)
        | ActivationFunction.Gelu -> struct ("gelu", None, 1)
        | ActivationFunction.Silu -> struct ("silu", None, 1)
        | ActivationFunction.Elu x -> struct ("elu", Some("alpha", x, ActivationFunction.Elu), 1)
        | ActivationFunction.Softplus -> struct ("softplus", None, 1)
        | ActivationFunction.Custom custom -> struct (custom.Name, None, 0)

/// A custom elementwise function, for `Activation.Custom`. It is computed number by number in double precision,
/// whatever the network's precision. Two are equal if their names are. Files have the name, without the functions:
/// whoever loads one supplies them again.
and [<Sealed>] CustomActivation
    /// <param name="name">Its display name: letters, with hyphens or digits between them.</param>
    /// <param name="f">The function: pure.</param>
    /// <param name="derivative">Its derivative: pure.</param>
    /// <exception cref="T:System.ArgumentException">The name has another form, or is that of a built-in activation.
    /// </exception>
    (name: string, f: Func<float, float>, derivative: Func<float, float>) =
    do
        ArgumentNullException.ThrowIfNull(name, nameof name)
        ArgumentNullException.ThrowIfNull(f, nameof f)
        ArgumentNullException.ThrowIfNull(derivative, nameof derivative)
        let isEnd i = i = 0 || i = name.Length - 1
        let fits i c = Char.IsLetter c || not (isEnd i) && (c = '-' || Char.IsDigit c)
        if name = "" || not (name |> Seq.mapi fits |> Seq.forall id) then
            invalidArg (nameof name) $"'{name}' is no name of an activation: it takes letters, and hyphens or digits \
                                       between them"
        let isNamed (one: ActivationFunction) = (let struct (own, _, _) = one.Data in own = name)
        if List.exists isNamed ActivationFunction.BuiltIn then
            invalidArg (nameof name) $"there is an activation '{name}' already"

    /// Its display name.
    member _.Name = name
    member internal _.Function = f
    member internal _.Derivative = derivative

    override _.Equals(other: obj) =
        match other with
        | :? CustomActivation as other -> name = other.Name
        | _ -> false

    override _.GetHashCode() = hash name

namespace Functional.Numerics

open System
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Passes

/// The probability P(x) that a standard normal variable is below x.
module private Normal =
    /// exp(x x / 2) P(-x) / t as a polynomial in 2 t - 1, t = 5 / (5 + x), x >= 0: highest power first. A Chebyshev
    /// interpolation, computed in 50 digits; its relative error in double is 5e-16.
    let private coefficients =
        [| 2.6627221257847233e-11; -1.5709028569760587e-10; -2.542921427991552e-10; 1.8550225349165738e-09
           1.3882109202886824e-09; -1.3483392400562681e-08; -7.71434724377194e-09; 8.669534746018065e-08
           6.67085927739696e-08; -5.537757721566758e-07; -7.958723309241437e-07; 3.3361705520319126e-06
           9.952465595275076e-06; -1.187511766943719e-05; -0.00010897979367714836; -0.00015957388554895205
           0.0005986753517960437; 0.004159013360646741; 0.013823727741414297; 0.03300407323403904
           0.06270663133425627; 0.0990611231939961; 0.13307650057801138; 0.15383860995001258 |]

    /// P(x), given e = exp(-x x / 2).
    let probabilities<'T when Real<'T>> (x: 'T[]) (e: 'T[]) : 'T[] =
        let coefficients: Lanes<'T>[] = Array.map broadcast coefficients
        let five: Lanes<'T> = broadcast 5.0
        map2
            (fun x e ->
                let t: Lanes<'T> = five / (five + Vector512.Abs x)
                let u: Lanes<'T> = t + t - Lanes<'T>.One
                let mutable p = coefficients[0]
                for i in 1 .. coefficients.Length - 1 do p <- p * u + coefficients[i]
                let below: Lanes<'T> = e * t * p
                Vector512.ConditionalSelect(Vector512.LessThan(x, Lanes<'T>.Zero), below, Lanes<'T>.One - below))
            x e

/// The arithmetic of activations: y, and how dL/dy gives dL/dx.
module internal Elementwise =
    let inline private positive (x: Lanes<'T>) = Vector512.GreaterThan(x, Lanes<'T>.Zero)

    // Each gives y, and how dL/dy gives dL/dx. A function of its own for each: in a large one the compiler gives up
    // optimizing.

    let inline rectified x = Vector512.Max(x, Lanes<'T>.Zero)

    let rectifierBack<'T when Real<'T>> (y: 'T[]) (dy: 'T[]) = map2 (fun y dy -> positive y &&& dy) y dy

    let private relu<'T when Real<'T>> (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let y = map (fun x -> rectified x) x
        struct (y, rectifierBack y)

    let private leakyRelu<'T when Real<'T>> (slope: float) (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let slope: Lanes<'T> = broadcast slope
        struct (map (fun x -> select (positive x) x (slope * x)) x,
                fun dy -> map2 (fun x dy -> select (positive x) dy (slope * dy)) x dy)

    let private sigmoid<'T when Real<'T>> (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let y = Exponentials.sigmoid x
        struct (y, fun dy -> map2 (fun y dy -> dy * (y * (Lanes<'T>.One - y))) y dy)

    let private tanh<'T when Real<'T>> (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let y = Exponentials.tanh x
        struct (y, fun dy -> map2 (fun y dy -> dy * (Lanes<'T>.One - y * y)) y dy)

    let private gelu<'T when Real<'T>> (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let minusHalf: Lanes<'T> = broadcast -0.5
        let e = Exponentials.exp (map (fun x -> minusHalf * x * x) x)
        let p = Normal.probabilities x e
        let density: Lanes<'T> = broadcast 0.3989422804014327
        struct (map2 (fun x p -> x * p) x p,
                fun dy ->
                    let slope = map3 (fun x p e -> p + density * x * e) x p e
                    map2 (fun slope dy -> dy * slope) slope dy)

    let private silu<'T when Real<'T>> (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let s = Exponentials.sigmoid x
        struct (map2 (fun x s -> x * s) x s,
                fun dy -> map3 (fun x s dy -> dy * (s + x * s * (Lanes<'T>.One - s))) x s dy)

    let private elu<'T when Real<'T>> (alpha: float) (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let alpha: Lanes<'T> = broadcast alpha
        let e = Exponentials.exp (map (fun x -> Vector512.Min(x, Lanes<'T>.Zero)) x)
        struct (map2 (fun x e -> select (positive x) x (alpha * (e - Lanes<'T>.One))) x e,
                fun dy -> map3 (fun x e dy -> select (positive x) dy (alpha * e * dy)) x e dy)

    let private softplus<'T when Real<'T>> (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        struct (Exponentials.softplus x, fun dy -> map2 (fun s dy -> s * dy) (Exponentials.sigmoid x) dy)

    /// Number by number, in double precision.
    let private custom<'T when Real<'T>> (activation: CustomActivation) (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        let each (f: Func<float, float>) : 'T[] = x |> Array.map (fun x -> Real.number (f.Invoke(Real.toFloat x)))
        struct (each activation.Function, fun dy -> map2 (fun slope dy -> slope * dy) (each activation.Derivative) dy)

    let apply (activation: ActivationFunction) (x: 'T[]) : struct ('T[] * ('T[] -> 'T[])) =
        match activation with
        | ActivationFunction.Relu -> relu x
        | ActivationFunction.LeakyRelu slope -> leakyRelu slope x
        | ActivationFunction.Sigmoid -> sigmoid x
        | ActivationFunction.Tanh -> tanh x
        | ActivationFunction.Gelu -> gelu x
        | ActivationFunction.Silu -> silu x
        | ActivationFunction.Elu alpha -> elu alpha x
        | ActivationFunction.Softplus -> softplus x
        | ActivationFunction.Custom activation -> custom activation x

namespace Functional

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics
open Functional.Numerics.Passes

/// An elementwise nonlinear function: a value that prints and compares.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Activation =
    { /// Which one, with its numbers.
      Function: ActivationFunction }

    /// max(x, 0); the derivative at 0 is taken as 0.
    static member Relu = { Function = ActivationFunction.Relu }

    /// x above 0, otherwise slope x; the derivative at 0 is taken as the slope.
    static member LeakyRelu([<Optional; DefaultParameterValue(0.01)>] slope: float) =
        { Function = ActivationFunction.LeakyRelu slope }

    /// 1 / (1 + exp(-x))
    static member Sigmoid = { Function = ActivationFunction.Sigmoid }

    /// (e^x - e^-x) / (e^x + e^-x).
    static member Tanh = { Function = ActivationFunction.Tanh }

    /// x P(x), P(x) the probability that a standard normal variable is below x (the exact form, not the one by tanh).
    /// Source: Hendrycks and Gimpel (2016).
    static member Gelu = { Function = ActivationFunction.Gelu }

    /// x / (1 + exp(-x)), also called swish.
    static member Silu = { Function = ActivationFunction.Silu }

    /// x above 0, otherwise alpha (exp(x) - 1). Source: Clevert et al. (2016).
    static member Elu([<Optional; DefaultParameterValue(1.0)>] alpha: float) =
        { Function = ActivationFunction.Elu alpha }

    /// ln(1 + exp(x))
    static member Softplus = { Function = ActivationFunction.Softplus }

    /// <summary>A custom activation.</summary>
    /// <example><code>
    /// var softsign = Activation.Custom(new CustomActivation(
    ///     "softsign", x => x / (1 + Math.Abs(x)), x => 1 / Math.Pow(1 + Math.Abs(x), 2)));
    /// </code></example>
    static member Custom(activation: CustomActivation) : Activation =
        ArgumentNullException.ThrowIfNull(activation, nameof activation)
        { Function = ActivationFunction.Custom activation }

    /// One of each built-in function, with its usual number.
    static member BuiltIn: IReadOnlyList<Activation> =
        Array.AsReadOnly [| for f in ActivationFunction.BuiltIn -> { Function = f } |]

    /// The function's name without its number: `relu`, `leaky-relu`, ...
    member activation.Name =
        let struct (name, _, _) = activation.Function.Data
        name

    /// The name of its number, as in `slope` of `leaky-relu`; empty if it has none.
    member activation.NumberName =
        match activation.Function.Data with
        | struct (_, Some(name, _, _), _) -> name
        | _ -> ""

    /// The same function with this number. Raises ArgumentException if it has none.
    member activation.WithNumber(value: float) : Activation =
        match activation.Function.Data with
        | struct (_, Some(_, _, ofNumber), _) -> { Function = ofNumber value }
        | struct (name, _, _) -> invalidArg (nameof value) $"{name} has no number"

    member private activation.Display = string activation
    /// As it is written on the command line and in files: `relu`, `leaky-relu:0.01`.
    override activation.ToString() =
        match activation.Function.Data with
        | struct (name, Some(_, number, _), _) -> $"{name}:{string number}"
        | struct (name, _, _) -> name

    static member private Matrices<'T when Real<'T>>
        (x: Matrix<'T>, struct (y: 'T[], pullback: 'T[] -> 'T[])) : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        let like (elements: 'T[]) = Dense.matrix x.RowCount x.ColumnCount elements
        struct (like y, Func<_, _>(fun dy ->
            Pullback.checkShape x.RowCount x.ColumnCount dy
            like (pullback (Dense.elements dy))))

    /// y, of the shape of x.
    member activation.Predict<'T when Real<'T>>(x: Matrix<'T>) : Matrix<'T> =
        let struct (y, _) = activation.Forward<'T> x
        y

    /// y, and the pullback from dL/dy to dL/dx. Source: Deep Learning from Scratch, 5.5.
    member activation.Forward<'T when Real<'T>>(x: Matrix<'T>) : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        Activation.Matrices(x, Elementwise.apply activation.Function (Dense.elements x))

    /// Adds a bias to every column of x, which the caller has just made, and then does what `Forward` does: for ReLU
    /// in one pass, for others, where that pass costs little beside the function, in two.
    member internal activation.ForwardAfterBias<'T when Real<'T>>
        (bias: 'T[], x: Matrix<'T>) : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        let elements = Dense.elements x
        match activation.Function with
        | ActivationFunction.Relu ->
            let y = mapSums (fun x -> Elementwise.rectified x) bias elements
            Activation.Matrices(x, struct (y, Elementwise.rectifierBack y))
        | _ ->
            addToColumns bias elements
            activation.Forward<'T> x

    /// The pullback of ReLU, given its y, from dL/dy to dL/dx.
    static member internal RectifierPullback<'T when Real<'T>>(y: Matrix<'T>) : Func<Matrix<'T>, Matrix<'T>> =
        let elements = Dense.elements y
        let struct (_, pullback) = Activation.Matrices(y, struct (elements, Elementwise.rectifierBack elements))
        pullback

/// An activation as a layer of networks.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type ActivationLayer<'T when Real<'T>> =
    { /// The function.
      Activation: Activation }

    member private layer.Display = string layer
    override layer.ToString() = string layer.Activation

    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member layer.Name = layer.Activation.Name
        member layer.Description = string layer
        member _.Inputs = 0
        member _.Outputs = 0
        member layer.Faults =
            match layer.Activation.Function.Data with
            | struct (_, Some(_, number, _), _) when not (Double.IsFinite number) ->
                [| $"its number must be finite, but is {string number}" |]
            | _ -> [||]
        member _.Parameters = [||]
        member layer.WithParameters _ = layer
        member layer.Predict x = layer.Activation.Predict x
        member layer.Forward(x, _) = Pullback.withoutLeaves (layer.Activation.Forward x)

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional

/// Functions of each element.
[<RequireQualifiedAccess>]
module Activation =
    /// y, of the shape of x: the function of every element.
    let predict (activation: Activation) (x: Matrix<'T>) : Matrix<'T> = activation.Predict x

    /// y, of the shape of x, and the pullback from dL/dy to dL/dx = f'(x) dL/dy, element by element.
    /// Source: Deep Learning from Scratch, 5.5.
    let forward (activation: Activation) (x: Matrix<'T>) : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        Pullback.ofFunc (activation.Forward x)

namespace Functional

open System
open System.Numerics

/// An element type: `float32` or `float`. Networks train in the first; the very same functions are verified in the
/// second. Written `'T when Real<'T>`; Math.NET's own constraints are among these.
type Real<'T
    when 'T: struct
    and 'T: unmanaged
    and 'T: (new: unit -> 'T)
    and 'T :> ValueType
    and 'T :> IFormattable
    and 'T :> IEquatable<'T>
    and 'T :> IFloatingPointIeee754<'T>> = 'T

namespace Functional.Numerics

open System.Numerics

module internal Real =
    /// One number type to another, rounded to nearest: rates are `float`, elements are 'T.
    let number<'To, 'From when 'To :> INumberBase<'To> and 'From :> INumberBase<'From>> (x: 'From) : 'To =
        'To.CreateChecked x

    let toFloat (x: 'T) : float = number<float, 'T> x

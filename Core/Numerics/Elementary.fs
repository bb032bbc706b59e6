/// Elementary functions of one number. Nothing here comes from the C library, whose results differ from system to
/// system; the basic operations and the square root are rounded the same way everywhere.
module internal Functional.Numerics.Elementary

open System

// ln 2 in two parts: the first has trailing zeros, so that its product with an exponent is exact.
let ln2High = BitConverter.Int64BitsToDouble 0x3FE62E42FEE00000L
let ln2Low = 1.90821492927058770002e-10

/// The natural logarithm, to about one unit in the last place.
/// x = 2^e m with m in [sqrt 1/2, sqrt 2); ln m = 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1)/(m + 1).
let log (x: float) : float =
    if Double.IsNaN x || x < 0.0 then nan
    elif x = 0.0 then Double.NegativeInfinity
    elif Double.IsPositiveInfinity x then x
    else
        let exponent = Math.ILogB x
        let m = Math.ScaleB(x, -exponent)
        let exponent, m = if m > 1.4142135623730951 then exponent + 1, 0.5 * m else exponent, m
        let f = m - 1.0
        let s = f / (2.0 + f)
        let z = s * s
        let mutable series = 0.0
        for k in 11 .. -1 .. 1 do
            series <- (series + 1.0 / float (2 * k + 1)) * z
        // 2 s = f - s f exactly, so that the leading term carries no rounding of the division.
        float exponent * ln2High + (f - (s * (f - 2.0 * series) - float exponent * ln2Low))

/// Numerator and denominator of the rational approximations of `normalQuantile`, highest power first.
let private center =
    struct ([| 2.5090809287301226727e+3; 3.3430575583588128105e+4; 6.7265770927008700853e+4; 4.5921953931549871457e+4
               1.3731693765509461125e+4; 1.9715909503065514427e+3; 1.3314166789178437745e+2; 3.3871328727963666080 |],
            [| 5.2264952788528545610e+3; 2.8729085735721942674e+4; 3.9307895800092710610e+4; 2.1213794301586595867e+4
               5.3941960214247511077e+3; 6.8718700749205790830e+2; 4.2313330701600911252e+1; 1.0 |])
let private middle =
    struct ([| 7.74545014278341407640e-4; 2.27238449892691845833e-2; 2.41780725177450611770e-1
               1.27045825245236838258; 3.64784832476320460504; 5.76949722146069140550
               4.63033784615654529590; 1.42343711074968357734 |],
            [| 1.05075007164441684324e-9; 5.47593808499534494600e-4; 1.51986665636164571966e-2
               1.48103976427480074590e-1; 6.89767334985100004550e-1; 1.67638483018380384940
               2.05319162663775882187; 1.0 |])
let private tail =
    struct ([| 2.01033439929228813265e-7; 2.71155556874348757815e-5; 1.24266094738807843860e-3
               2.65321895265761230930e-2; 2.96560571828504891230e-1; 1.78482653991729133580
               5.46378491116411436990; 6.65790464350110377720 |],
            [| 2.04426310338993978564e-15; 1.42151175831644588870e-7; 1.84631831751005468180e-5
               7.86869131145613259100e-4; 1.48753612908506148525e-2; 1.36929880922735805310e-1
               5.99832206555887937690e-1; 1.0 |])

/// A polynomial, highest power first.
let private horner (coefficients: float[]) (x: float) =
    let mutable sum = 0.0
    for coefficient in coefficients do sum <- sum * x + coefficient
    sum

let private ratio (struct (above: float[], below: float[])) (x: float) = horner above x / horner below x

/// The x below which a standard normal variable lies with probability p, 0 < p < 1, to about 1e-16 relative.
/// Source: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988).
let normalQuantile (p: float) : float =
    let q = p - 0.5
    if abs q <= 0.425 then q * ratio center (0.180625 - q * q)
    else
        let r = sqrt (-(log (min p (1.0 - p))))
        let x = if r <= 5.0 then ratio middle (r - 1.6) else ratio tail (r - 5.0)
        if q < 0.0 then -x else x

/// x multiplied by itself n times, n >= 0, by squaring.
let power (x: float) (n: int) : float =
    let mutable product, square, left = 1.0, x, n
    while left > 0 do
        if left &&& 1 = 1 then product <- product * square
        square <- square * square
        left <- left >>> 1
    product

// pi/2 in three parts: what the first and the second leave is below what rounding leaves.
let private halfPi1 = 1.5707963267948966
let private halfPi2 = 6.123233995736766e-17
let private halfPi3 = -1.4973849048591833e-33

/// 1/(2k+1)! with alternating signs from k = 8 down to 1, and 1/(2k)! from k = 8 down to 2: Taylor's series.
let private sineSeries, private cosineSeries =
    let factorial n = Seq.fold (fun product k -> product * float k) 1.0 (seq { 2 .. n })
    let sign k = if k % 2 = 0 then 1.0 else -1.0
    [| for k in 8 .. -1 .. 1 -> sign k / factorial (2 * k + 1) |],
    [| for k in 8 .. -1 .. 2 -> sign k / factorial (2 * k) |]

/// sin(x + quarters pi/2). x = n pi/2 + r with |r| <= pi/4 and r rounded once; then the series of r's sine or cosine.
let private sineFrom (quarters: int64) (x: float) : float =
    if not (Double.IsFinite x) then nan
    else
        let n = Math.Round(x / halfPi1)
        let r = Math.FusedMultiplyAdd(-n, halfPi1, x)
        let r = Math.FusedMultiplyAdd(-n, halfPi3, Math.FusedMultiplyAdd(-n, halfPi2, r))
        let z = r * r
        let quarter = (int64 n + quarters) &&& 3L
        let y =
            if quarter &&& 1L = 0L then r + r * z * horner sineSeries z
            else
                // 1 - z/2 is not rounded away before the small terms are added.
                let half = 0.5 * z
                let first = 1.0 - half
                first + (((1.0 - first) - half) + z * z * horner cosineSeries z)
        if quarter >= 2L then -y else y

/// The sine of an angle in radians, to about one unit in the last place for angles up to a million.
let sin (x: float) : float = sineFrom 0L x

/// The cosine of an angle in radians, to about one unit in the last place for angles up to a million.
let cos (x: float) : float = sineFrom 1L x

/// cos(pi x), to about one unit in the last place; exact where x is a multiple of one half.
let cosPi (x: float) : float =
    let turn = abs x - 2.0 * floor (abs x / 2.0)
    let x = if turn > 1.0 then 2.0 - turn else turn
    let toAxis = min x (1.0 - x)
    let magnitude = if toAxis <= 0.25 then cos (Math.PI * toAxis) else sin (Math.PI * (0.5 - toAxis))
    if x > 0.5 then -magnitude else magnitude

/// e^x, to about one unit in the last place: x = n ln 2 + r with |r| <= ln 2 / 2, and the Taylor series of e^r.
let exp (x: float) : float =
    if Double.IsNaN x then nan
    elif x > 710.0 then Double.PositiveInfinity
    elif x < -746.0 then 0.0
    else
        let n = Math.Round(x / (ln2High + ln2Low))
        let r = (x - n * ln2High) - n * ln2Low
        let mutable series = 1.0
        for k in 14 .. -1 .. 2 do series <- 1.0 + series * r / float k
        Math.ScaleB(1.0 + r * series, int n)

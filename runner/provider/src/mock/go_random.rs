//! The random numbers of Go's `math/rand` with a seed, which never change: OpenTofu's made-up texts are made of them.
//!
//! It is an additive lagged Fibonacci generator: every number is the sum of those that came 607 and 273 before it, with
//! 64 bits. What it starts from is made of the seed by a simpler generator, and mixed with the numbers that the same
//! sequence, started with the seed 1, has after 7.8 × 10¹² steps.

use std::sync::LazyLock;

/// The lags.
const LONG: usize = 607;
const SHORT: usize = 273;

/// How far the sequence has come that every seed is mixed with.
const STEPS: u64 = 7_800_000_000_000;

/// A generator of random numbers.
pub(super) struct GoRandom {
    numbers: Vec<u64>,
    /// The places of the last two numbers that were added.
    tap: usize,
    feed: usize,
}

impl GoRandom {
    pub fn new(seed: u32) -> GoRandom {
        static MIXED_IN: LazyLock<Vec<u64>> = LazyLock::new(mixed_in);
        let mut numbers = start(u64::from(seed), 40, 20);
        for (number, mixed) in numbers.iter_mut().zip(MIXED_IN.iter()) {
            *number ^= mixed;
        }
        GoRandom { numbers, tap: 0, feed: LONG - SHORT }
    }

    /// A number below `bound`, which is small and not 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound.is_power_of_two() {
            return self.next31() & (bound - 1);
        }
        // Numbers that would make some results likelier are not used.
        let usable = (1 << 31) - (1 << 31) % bound;
        loop {
            let number = self.next31();
            if number < usable {
                return number % bound;
            }
        }
    }

    fn next31(&mut self) -> u32 {
        self.tap = self.tap.checked_sub(1).unwrap_or(LONG - 1);
        self.feed = self.feed.checked_sub(1).unwrap_or(LONG - 1);
        let sum = self.numbers[self.feed].wrapping_add(self.numbers[self.tap]);
        self.numbers[self.feed] = sum;
        u32::try_from((sum << 1) >> 33).unwrap_or_default()
    }
}

/// The numbers that a seed gives, each of three that are shifted to different places.
fn start(seed: u64, first: u32, second: u32) -> Vec<u64> {
    const MODULUS: u64 = (1 << 31) - 1;
    let mut x = match seed % MODULUS {
        0 => 89_482_311,
        seed => seed,
    };
    let mut next = || {
        x = x * 48_271 % MODULUS;
        x
    };
    (0..20).for_each(|_| {
        next();
    });
    (0..LONG).map(|_| (next() << first) ^ (next() << second) ^ next()).collect()
}

/// The sequence after all its steps, as the generator would hold it.
///
/// The step is linear, so that many steps are one power of a polynomial: `t` to the number of steps, where
/// `t⁶⁰⁷ = 1 + t³³⁴`, says how the numbers that come are made of the first 607.
fn mixed_in() -> Vec<u64> {
    let mut power = vec![0u64; LONG];
    power[0] = 1;
    for bit in (0..u64::BITS - STEPS.leading_zeros()).rev() {
        power = squared(&power);
        if (STEPS >> bit) & 1 == 1 {
            power.rotate_right(1);
            power[LONG - SHORT] = power[LONG - SHORT].wrapping_add(power[0]);
        }
    }
    // The generator holds its numbers the wrong way round, and the oldest is where it will write next.
    let held = start(1, 20, 10);
    let at = |age: usize| (2 * LONG - SHORT - 1 - age) % LONG;
    let mut sequence: Vec<u64> = (0..LONG).map(|age| held[at(age)]).collect();
    for next in LONG..2 * LONG {
        sequence.push(sequence[next - LONG].wrapping_add(sequence[next - SHORT]));
    }
    let moved = usize::try_from(STEPS % (LONG as u64)).unwrap_or_default();
    let mut reached = vec![0; LONG];
    for age in 0..LONG {
        let terms = power.iter().zip(&sequence[age..]);
        let number = terms.fold(0u64, |sum, (factor, number)| sum.wrapping_add(factor.wrapping_mul(*number)));
        reached[at((age + moved) % LONG)] = number;
    }
    reached
}

fn squared(polynomial: &[u64]) -> Vec<u64> {
    let mut product = vec![0u64; 2 * LONG];
    for (degree, factor) in polynomial.iter().enumerate() {
        for (to, other) in product[degree..].iter_mut().zip(polynomial) {
            *to = to.wrapping_add(factor.wrapping_mul(*other));
        }
    }
    for degree in (LONG..2 * LONG).rev() {
        let factor = product[degree];
        product[degree - LONG] = product[degree - LONG].wrapping_add(factor);
        product[degree - SHORT] = product[degree - SHORT].wrapping_add(factor);
    }
    product.truncate(LONG);
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_go() {
        // What every beginner's program in Go printed as long as the seed was 1 by default.
        let mut random = GoRandom::new(1);
        let numbers: Vec<u32> = (0..10).map(|_| random.below(100)).collect();
        assert_eq!(numbers, [81, 87, 47, 59, 81, 18, 25, 40, 56, 0]);
        assert_eq!(mixed_in()[0], (-4_181_792_142_133_755_926_i64).cast_unsigned());
    }
}

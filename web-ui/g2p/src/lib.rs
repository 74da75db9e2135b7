//! Finite fields GF(2ⁿ), by which errors in QR codes are corrected (ISO/IEC 18004 section 7.5), without tables.
//!
//! It stands in for the crate of the same name that `rqrr` brings along (`[patch.crates-io]`). That one looks products up in a table of
//! 64 kB, which was a quarter of what the phone app weighed, because nothing can compress it. Here a product is a loop of a few steps,
//! which is quick enough: all of a code takes less than a millisecond.

use std::ops::{Add, AddAssign, Div, Mul, MulAssign};

/// A field of 2ⁿ elements.
pub trait GaloisField:
    Add<Output = Self> + AddAssign + Mul<Output = Self> + MulAssign + Div<Output = Self> + Copy + PartialEq
{
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;
    /// An element whose powers are all the others but zero.
    const GENERATOR: Self;

    /// The element to the power of `exponent`.
    #[must_use]
    fn pow(self, mut exponent: usize) -> Self {
        let (mut power, mut square) = (Self::ONE, self);
        while exponent > 0 {
            if exponent % 2 == 1 {
                power *= square;
            }
            square *= square;
            exponent /= 2;
        }
        power
    }
}

/// The sum of two polynomials over GF(2), one bit for each coefficient.
#[must_use]
pub const fn sum(a: u8, b: u8) -> u8 {
    a ^ b
}

/// The product of two such polynomials, modulo one of degree `bits`, at most eight.
#[must_use]
pub fn product(a: u8, b: u8, bits: u32, modulus: u16) -> u8 {
    let (mut shifted, mut rest, mut sum) = (u16::from(a), b, 0);
    while rest > 0 {
        if rest & 1 == 1 {
            sum ^= shifted;
        }
        shifted <<= 1;
        if shifted >> bits == 1 {
            shifted ^= modulus;
        }
        rest >>= 1;
    }
    sum.to_le_bytes()[0]
}

/// Makes the field of polynomials over GF(2) modulo a primitive one of degree `bits`, at most eight: `g2p!(GF16, 4, modulus: 0b1_0011)`.
#[macro_export]
macro_rules! g2p {
    ($name:ident, $bits:literal, modulus: $modulus:literal) => {
        /// An element: a polynomial over GF(2), one bit for each coefficient.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) u8);

        impl $crate::GaloisField for $name {
            const ZERO: Self = Self(0);
            const ONE: Self = Self(1);
            const GENERATOR: Self = Self(2);
        }

        impl std::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self($crate::sum(self.0, other.0))
            }
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl std::ops::Mul for $name {
            type Output = Self;
            fn mul(self, other: Self) -> Self {
                Self($crate::product(self.0, other.0, $bits, $modulus))
            }
        }

        impl std::ops::MulAssign for $name {
            fn mul_assign(&mut self, other: Self) {
                *self = *self * other;
            }
        }

        impl std::ops::Div for $name {
            type Output = Self;
            /// By the inverse, which is the power of 2ⁿ − 2; zero where that of zero is asked for.
            fn div(self, other: Self) -> Self {
                self * $crate::GaloisField::pow(other, (1 << $bits) - 2)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::GaloisField;

    g2p!(GF16, 4, modulus: 0b1_0011);
    g2p!(GF256, 8, modulus: 0b1_0001_1101);

    #[test]
    fn powers_of_the_generator_are_those_of_the_standard() {
        // ISO/IEC 18004 annex A: α⁸ = α⁴ + α³ + α² + 1; annex C: α⁴ = α + 1.
        assert_eq!(GF256::GENERATOR.pow(8), GF256(0b1_1101));
        assert_eq!(GF256::GENERATOR.pow(25), GF256(3));
        assert_eq!(GF16::GENERATOR.pow(4), GF16(0b11));
    }

    #[test]
    fn powers_of_the_generator_are_all_but_zero() {
        let mut powers: Vec<u8> = (0..255).map(|exponent| GF256::GENERATOR.pow(exponent).0).collect();
        powers.sort_unstable();
        assert_eq!(powers, (1..=255).collect::<Vec<u8>>());
        let mut powers: Vec<u8> = (0..15).map(|exponent| GF16::GENERATOR.pow(exponent).0).collect();
        powers.sort_unstable();
        assert_eq!(powers, (1..=15).collect::<Vec<u8>>());
    }

    #[test]
    fn what_is_multiplied_can_be_divided() {
        for a in (0..=255).map(GF256) {
            for b in (1..=255).map(GF256) {
                assert_eq!(a * b / b, a);
                assert_eq!(a * b, b * a);
            }
        }
    }

    #[test]
    fn products_of_sums_are_sums_of_products() {
        for (a, b, c) in [(0x53, 0xca, 0x11), (0xff, 0x80, 0x01), (0x02, 0x8e, 0xf5)] {
            let (a, b, c) = (GF256(a), GF256(b), GF256(c));
            assert_eq!(a * (b + c), a * b + a * c);
        }
    }
}

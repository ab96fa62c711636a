;; Distance kernels over a block of float32 vectors in shared memory. Two kinds: `dots` and `squares` go through a
;; list of vectors in float32 lanes, as fast as memory delivers them, and are right up to a bound that rounding-bound.ts
;; states; `exact_dot` and `exact_square` take one vector in double precision, always in the same order of additions,
;; and give every distance that leaves the search. Build: see build.ts beside this file.
(module
  (import "search" "memory" (memory 1 65536 shared))

  ;; For each of the `count` vector numbers (u32) at `list`: out[i] (f32) = vector · query.
  ;; Vector n begins at base + n * 4 * dimension.
  (func (export "dots")
    (param $list i32) (param $count i32) (param $base i32) (param $dimension i32) (param $query i32) (param $out i32)
    (local $stride i32) (local $list_end i32) (local $at i32) (local $q i32)
    (local $end i32) (local $end_wide i32) (local $end_four i32) (local $tail f32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $stride (i32.shl (local.get $dimension) (i32.const 2)))
    (local.set $list_end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $vectors
        (br_if $done (i32.ge_u (local.get $list) (local.get $list_end)))
        (local.set $at (i32.add (local.get $base) (i32.mul (i32.load (local.get $list)) (local.get $stride))))
        (local.set $q (local.get $query))
        (local.set $end (i32.add (local.get $at) (local.get $stride)))
        (local.set $end_wide (i32.add (local.get $at) (i32.and (local.get $stride) (i32.const -128))))
        (local.set $end_four (i32.add (local.get $at) (i32.and (local.get $stride) (i32.const -16))))
        (local.set $a (v128.const f32x4 0 0 0 0)) (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $c (v128.const f32x4 0 0 0 0)) (local.set $d (v128.const f32x4 0 0 0 0))
        (local.set $e (v128.const f32x4 0 0 0 0)) (local.set $f (v128.const f32x4 0 0 0 0))
        (local.set $g (v128.const f32x4 0 0 0 0)) (local.set $h (v128.const f32x4 0 0 0 0))
        (local.set $tail (f32.const 0))
        (block $wide_done
          (loop $wide
            (br_if $wide_done (i32.ge_u (local.get $at) (local.get $end_wide)))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $at)) (v128.load (local.get $q)))))
            (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $at)) (v128.load offset=16 (local.get $q)))))
            (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $at)) (v128.load offset=32 (local.get $q)))))
            (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $at)) (v128.load offset=48 (local.get $q)))))
            (local.set $e (f32x4.add (local.get $e) (f32x4.mul (v128.load offset=64 (local.get $at)) (v128.load offset=64 (local.get $q)))))
            (local.set $f (f32x4.add (local.get $f) (f32x4.mul (v128.load offset=80 (local.get $at)) (v128.load offset=80 (local.get $q)))))
            (local.set $g (f32x4.add (local.get $g) (f32x4.mul (v128.load offset=96 (local.get $at)) (v128.load offset=96 (local.get $q)))))
            (local.set $h (f32x4.add (local.get $h) (f32x4.mul (v128.load offset=112 (local.get $at)) (v128.load offset=112 (local.get $q)))))
            (local.set $at (i32.add (local.get $at) (i32.const 128)))
            (local.set $q (i32.add (local.get $q) (i32.const 128)))
            (br $wide)))
        (block $four_done
          (loop $four
            (br_if $four_done (i32.ge_u (local.get $at) (local.get $end_four)))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $at)) (v128.load (local.get $q)))))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $q (i32.add (local.get $q) (i32.const 16)))
            (br $four)))
        (block $tail_done
          (loop $one
            (br_if $tail_done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $tail (f32.add (local.get $tail) (f32.mul (f32.load (local.get $at)) (f32.load (local.get $q)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $q (i32.add (local.get $q) (i32.const 4)))
            (br $one)))
        (local.set $a
          (f32x4.add
            (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d)))
            (f32x4.add (f32x4.add (local.get $e) (local.get $f)) (f32x4.add (local.get $g) (local.get $h)))))
        (f32.store (local.get $out)
          (f32.add (local.get $tail)
            (f32.add
              (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
              (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a))))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (br $vectors))))

  ;; For each of the `count` vector numbers (u32) at `list`: out[i] (f32) = |vector − query|².
  (func (export "squares")
    (param $list i32) (param $count i32) (param $base i32) (param $dimension i32) (param $query i32) (param $out i32)
    (local $stride i32) (local $list_end i32) (local $at i32) (local $q i32)
    (local $end i32) (local $end_wide i32) (local $end_four i32) (local $tail f32) (local $x f32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $v v128)
    (local.set $stride (i32.shl (local.get $dimension) (i32.const 2)))
    (local.set $list_end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $vectors
        (br_if $done (i32.ge_u (local.get $list) (local.get $list_end)))
        (local.set $at (i32.add (local.get $base) (i32.mul (i32.load (local.get $list)) (local.get $stride))))
        (local.set $q (local.get $query))
        (local.set $end (i32.add (local.get $at) (local.get $stride)))
        (local.set $end_wide (i32.add (local.get $at) (i32.and (local.get $stride) (i32.const -64))))
        (local.set $end_four (i32.add (local.get $at) (i32.and (local.get $stride) (i32.const -16))))
        (local.set $a (v128.const f32x4 0 0 0 0)) (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $c (v128.const f32x4 0 0 0 0)) (local.set $d (v128.const f32x4 0 0 0 0))
        (local.set $tail (f32.const 0))
        (block $wide_done
          (loop $wide
            (br_if $wide_done (i32.ge_u (local.get $at) (local.get $end_wide)))
            (local.set $v (f32x4.sub (v128.load (local.get $at)) (v128.load (local.get $q))))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (local.get $v))))
            (local.set $v (f32x4.sub (v128.load offset=16 (local.get $at)) (v128.load offset=16 (local.get $q))))
            (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (local.get $v))))
            (local.set $v (f32x4.sub (v128.load offset=32 (local.get $at)) (v128.load offset=32 (local.get $q))))
            (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (local.get $v))))
            (local.set $v (f32x4.sub (v128.load offset=48 (local.get $at)) (v128.load offset=48 (local.get $q))))
            (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (local.get $v))))
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (local.set $q (i32.add (local.get $q) (i32.const 64)))
            (br $wide)))
        (block $four_done
          (loop $four
            (br_if $four_done (i32.ge_u (local.get $at) (local.get $end_four)))
            (local.set $v (f32x4.sub (v128.load (local.get $at)) (v128.load (local.get $q))))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (local.get $v))))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $q (i32.add (local.get $q) (i32.const 16)))
            (br $four)))
        (block $tail_done
          (loop $one
            (br_if $tail_done (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $x (f32.sub (f32.load (local.get $at)) (f32.load (local.get $q))))
            (local.set $tail (f32.add (local.get $tail) (f32.mul (local.get $x) (local.get $x))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $q (i32.add (local.get $q) (i32.const 4)))
            (br $one)))
        (local.set $a
          (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))))
        (f32.store (local.get $out)
          (f32.add (local.get $tail)
            (f32.add
              (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
              (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a))))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (br $vectors))))

  ;; a · b of two vectors in double precision.
  (func (export "exact_dot") (param $a i32) (param $b i32) (param $dimension i32) (result f64)
    (local $end i32) (local $end_four i32) (local $v v128) (local $w v128)
    (local $x v128) (local $y v128) (local $tail f64)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $dimension) (i32.const 2))))
    (local.set $end_four
      (i32.add (local.get $a) (i32.shl (i32.and (local.get $dimension) (i32.const -4)) (i32.const 2))))
    (block $four_done
      (loop $four
        (br_if $four_done (i32.ge_u (local.get $a) (local.get $end_four)))
        (local.set $v (v128.load (local.get $a)))
        (local.set $w (v128.load (local.get $b)))
        (local.set $x
          (f64x2.add (local.get $x)
            (f64x2.mul (f64x2.promote_low_f32x4 (local.get $v)) (f64x2.promote_low_f32x4 (local.get $w)))))
        (local.set $v (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
        (local.set $w (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $w) (local.get $w)))
        (local.set $y
          (f64x2.add (local.get $y)
            (f64x2.mul (f64x2.promote_low_f32x4 (local.get $v)) (f64x2.promote_low_f32x4 (local.get $w)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $four)))
    (block $tail_done
      (loop $one
        (br_if $tail_done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $tail
          (f64.add (local.get $tail)
            (f64.mul (f64.promote_f32 (f32.load (local.get $a))) (f64.promote_f32 (f32.load (local.get $b))))))
        (local.set $a (i32.add (local.get $a) (i32.const 4)))
        (local.set $b (i32.add (local.get $b) (i32.const 4)))
        (br $one)))
    (local.set $x (f64x2.add (local.get $x) (local.get $y)))
    (f64.add (local.get $tail)
      (f64.add (f64x2.extract_lane 0 (local.get $x)) (f64x2.extract_lane 1 (local.get $x)))))

  ;; |a − b|² of two vectors in double precision.
  (func (export "exact_square") (param $a i32) (param $b i32) (param $dimension i32) (result f64)
    (local $end i32) (local $end_four i32) (local $v v128) (local $w v128) (local $d v128)
    (local $x v128) (local $y v128) (local $one f64) (local $tail f64)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $dimension) (i32.const 2))))
    (local.set $end_four
      (i32.add (local.get $a) (i32.shl (i32.and (local.get $dimension) (i32.const -4)) (i32.const 2))))
    (block $four_done
      (loop $four
        (br_if $four_done (i32.ge_u (local.get $a) (local.get $end_four)))
        (local.set $v (v128.load (local.get $a)))
        (local.set $w (v128.load (local.get $b)))
        (local.set $d
          (f64x2.sub (f64x2.promote_low_f32x4 (local.get $v)) (f64x2.promote_low_f32x4 (local.get $w))))
        (local.set $x (f64x2.add (local.get $x) (f64x2.mul (local.get $d) (local.get $d))))
        (local.set $v (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
        (local.set $w (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $w) (local.get $w)))
        (local.set $d
          (f64x2.sub (f64x2.promote_low_f32x4 (local.get $v)) (f64x2.promote_low_f32x4 (local.get $w))))
        (local.set $y (f64x2.add (local.get $y) (f64x2.mul (local.get $d) (local.get $d))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $four)))
    (block $tail_done
      (loop $rest
        (br_if $tail_done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $one
          (f64.sub (f64.promote_f32 (f32.load (local.get $a))) (f64.promote_f32 (f32.load (local.get $b)))))
        (local.set $tail (f64.add (local.get $tail) (f64.mul (local.get $one) (local.get $one))))
        (local.set $a (i32.add (local.get $a) (i32.const 4)))
        (local.set $b (i32.add (local.get $b) (i32.const 4)))
        (br $rest)))
    (local.set $x (f64x2.add (local.get $x) (local.get $y)))
    (f64.add (local.get $tail)
      (f64.add (f64x2.extract_lane 0 (local.get $x)) (f64x2.extract_lane 1 (local.get $x))))))

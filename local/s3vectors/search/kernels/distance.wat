;; Distance kernels in shared memory. `encode` makes the record of a vector that scans go through (record-format.ts
;; tells its layout), `bounds` goes through a list of records as fast as memory delivers them and says between which two
;; values each distance certainly lies (why: code-bounds.ts); `exact_dot` and `exact_square` take one vector of float32
;; components in double precision, always in the same order of additions, and give every distance that leaves the
;; search. Build: see build.ts beside this file.
(module
  (import "search" "memory" (memory 1 65536 shared))

  ;; For each of the `count` record numbers (u32) at `list`: lower[i] <= distance <= upper[i] (f64). Record n begins at
  ;; base + n * stride. The query is as many int16 as a record has codes; `inverse` is one over their norm, `norm` the
  ;; query's own, `sine` and `cosine` of an angle that is not below the one between the query and its integers.
  (func (export "bounds")
    (param $list i32) (param $count i32) (param $base i32) (param $stride i32) (param $query i32)
    (param $inverse f64) (param $norm f64) (param $sine f64) (param $cosine f64) (param $euclidean i32)
    (param $lower i32) (param $upper i32)
    (local $list_end i32) (local $at i32) (local $q i32) (local $record i32) (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $cos f64) (local $sin f64) (local $code_sine f64) (local $code_cosine f64)
    (local $s f64) (local $k f64) (local $fixed f64) (local $weight f64)
    (local.set $list_end (i32.add (local.get $list) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $weight (f64.const 1))
    (block $done
      (loop $vectors
        (br_if $done (i32.ge_u (local.get $list) (local.get $list_end)))
        (local.set $record (i32.add (local.get $base) (i32.mul (i32.load (local.get $list)) (local.get $stride))))
        (local.set $at (i32.add (local.get $record) (i32.const 16)))
        (local.set $end (i32.add (local.get $record) (local.get $stride)))
        (local.set $q (local.get $query))
        (local.set $a (v128.const i32x4 0 0 0 0)) (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0)) (local.set $d (v128.const i32x4 0 0 0 0))
        (loop $codes
          (local.set $a (i32x4.add (local.get $a)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $at)) (v128.load (local.get $q)))))
          (local.set $b (i32x4.add (local.get $b)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $at)) (v128.load offset=16 (local.get $q)))))
          (local.set $c (i32x4.add (local.get $c)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=16 (local.get $at)) (v128.load offset=32 (local.get $q)))))
          (local.set $d (i32x4.add (local.get $d)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=24 (local.get $at)) (v128.load offset=48 (local.get $q)))))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (local.set $q (i32.add (local.get $q) (i32.const 64)))
          (br_if $codes (i32.lt_u (local.get $at) (local.get $end))))
        ;; No sum of these can leave 32 bits: record-format.ts counts.
        (local.set $a (i32x4.add
          (i32x4.add (local.get $a) (local.get $b)) (i32x4.add (local.get $c) (local.get $d))))
        (local.set $b (f64x2.add
          (f64x2.convert_low_i32x4_s (local.get $a))
          (f64x2.convert_low_i32x4_s
            (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $a) (local.get $a)))))
        ;; The angle between the integers of both ...
        (local.set $cos
          (f64.div
            (f64.mul (local.get $inverse)
              (f64.add (f64x2.extract_lane 0 (local.get $b)) (f64x2.extract_lane 1 (local.get $b))))
            (f64.sqrt (f64.convert_i32_u (i32.load offset=12 (local.get $record))))))
        (local.set $sin
          (f64.sqrt (f64.add (f64.const 1e-14)
            (f64.max (f64.const 0) (f64.sub (f64.const 1) (f64.mul (local.get $cos) (local.get $cos)))))))
        ;; ... and how far the angle between the vectors may be from it, at most: k and s are its cosine and sine.
        (local.set $code_sine (f64.promote_f32 (f32.load offset=8 (local.get $record))))
        (local.set $code_cosine
          (f64.sqrt (f64.sub (f64.const 1) (f64.mul (local.get $code_sine) (local.get $code_sine)))))
        (local.set $s (f64.add
          (f64.mul (local.get $code_sine) (local.get $cosine)) (f64.mul (local.get $code_cosine) (local.get $sine))))
        (local.set $k (f64.sub
          (f64.mul (local.get $code_cosine) (local.get $cosine)) (f64.mul (local.get $code_sine) (local.get $sine))))
        (if (local.get $euclidean)
          (then
            (local.set $weight (f64.load (local.get $record)))
            (local.set $fixed (f64.sub (local.get $norm) (local.get $weight)))
            (local.set $fixed (f64.mul (local.get $fixed) (local.get $fixed)))
            (local.set $weight (f64.mul (f64.const 2) (f64.mul (local.get $norm) (local.get $weight))))))
        (f64.store (local.get $lower)
          (f64.add
            (f64.mul (local.get $fixed) (f64.const 0.999999999))
            (f64.mul (local.get $weight)
              (f64.sub (f64.const 0.999999999)
                (select
                  (f64.const 1)
                  (f64.add (f64.mul (local.get $cos) (local.get $k)) (f64.mul (local.get $sin) (local.get $s)))
                  (f64.gt (local.get $cos) (local.get $k)))))))
        (f64.store (local.get $upper)
          (f64.add
            (f64.mul (local.get $fixed) (f64.const 1.000000001))
            (f64.mul (local.get $weight)
              (f64.sub (f64.const 1.000000001)
                (select
                  (f64.const -1)
                  (f64.sub (f64.mul (local.get $cos) (local.get $k)) (f64.mul (local.get $sin) (local.get $s)))
                  (f64.lt (local.get $cos) (f64.neg (local.get $k))))))))
        (local.set $lower (i32.add (local.get $lower) (i32.const 8)))
        (local.set $upper (i32.add (local.get $upper) (i32.const 8)))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (br $vectors))))

  ;; Makes the record of a vector at `record`, with `codes` codes: so many float32 are at `vector`, zeros at their end.
  (func (export "encode") (param $vector i32) (param $codes i32) (param $record i32)
    (local $at i32) (local $end i32) (local $to i32) (local $scale v128) (local $largest v128)
    (local $v v128) (local $i v128) (local $w v128) (local $x v128) (local $y v128) (local $squares v128)
    (local $norms v128) (local $products v128) (local $counts v128)
    (local $norm f64) (local $product f64) (local $count i32)
    (local.set $end (i32.add (local.get $vector) (i32.shl (local.get $codes) (i32.const 2))))
    (local.set $at (local.get $vector))
    (loop $find
      (local.set $largest (f32x4.pmax (local.get $largest) (f32x4.abs (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $find (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $scale (f32x4.splat (f32.div (f32.const 127)
      (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $largest)) (f32x4.extract_lane 1 (local.get $largest)))
        (f32.max (f32x4.extract_lane 2 (local.get $largest)) (f32x4.extract_lane 3 (local.get $largest)))))))
    (local.set $at (local.get $vector))
    (local.set $to (i32.add (local.get $record) (i32.const 16)))
    (loop $four
      (local.set $v (v128.load (local.get $at)))
      (local.set $i (i32x4.trunc_sat_f32x4_s (f32x4.nearest
        (f32x4.pmax
          (f32x4.pmin (f32x4.mul (local.get $v) (local.get $scale)) (v128.const f32x4 127 127 127 127))
          (v128.const f32x4 -127 -127 -127 -127)))))
      (local.set $w (i16x8.narrow_i32x4_s (local.get $i) (v128.const i32x4 0 0 0 0)))
      (v128.store32_lane 0 (local.get $to) (i8x16.narrow_i16x8_s (local.get $w) (local.get $w)))
      (local.set $counts (i32x4.add (local.get $counts) (i32x4.dot_i16x8_s (local.get $w) (local.get $w))))
      (local.set $x (f64x2.promote_low_f32x4 (local.get $v)))
      (local.set $norms (f64x2.add (local.get $norms) (f64x2.mul (local.get $x) (local.get $x))))
      (local.set $products (f64x2.add (local.get $products)
        (f64x2.mul (local.get $x) (f64x2.convert_low_i32x4_s (local.get $i)))))
      (local.set $v (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
      (local.set $i (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $i) (local.get $i)))
      (local.set $y (f64x2.promote_low_f32x4 (local.get $v)))
      (local.set $squares (f64x2.add (local.get $squares) (f64x2.mul (local.get $y) (local.get $y))))
      (local.set $products (f64x2.add (local.get $products)
        (f64x2.mul (local.get $y) (f64x2.convert_low_i32x4_s (local.get $i)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $four (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $norms (f64x2.add (local.get $norms) (local.get $squares)))
    (local.set $norm (f64.add (f64x2.extract_lane 0 (local.get $norms)) (f64x2.extract_lane 1 (local.get $norms))))
    (local.set $product
      (f64.add (f64x2.extract_lane 0 (local.get $products)) (f64x2.extract_lane 1 (local.get $products))))
    (local.set $count (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $counts)) (i32x4.extract_lane 1 (local.get $counts)))
      (i32.add (i32x4.extract_lane 2 (local.get $counts)) (i32x4.extract_lane 3 (local.get $counts)))))
    (f64.store (local.get $record) (f64.sqrt (local.get $norm)))
    (if (i32.eqz (local.get $count))
      (then ;; nothing is known of the direction
        (f32.store offset=8 (local.get $record) (f32.const 1))
        (i32.store offset=12 (local.get $record) (i32.const 1)))
      (else
        ;; Rounded up: more than the sums above and float32 may be wrong by.
        (f32.store offset=8 (local.get $record)
          (f32.min (f32.const 1)
            (f32.demote_f64 (f64.mul (f64.const 1.000001)
              (f64.sqrt (f64.add (f64.const 2e-12)
                (f64.max (f64.const 0)
                  (f64.sub (f64.const 1)
                    (f64.div
                      (f64.mul (local.get $product) (local.get $product))
                      (f64.mul (local.get $norm) (f64.convert_i32_u (local.get $count))))))))))))
        (i32.store offset=12 (local.get $record) (local.get $count)))))

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

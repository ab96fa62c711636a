;; Reads memory and does as little as possible with it: the yardstick for a scan.
(module
  (import "search" "memory" (memory 1 65536 shared))
  (func (export "read") (param $at i32) (param $bytes i32) (result i32)
    (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $bytes) (i32.const -128))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $a (v128.xor (local.get $a) (v128.load (local.get $at))))
        (local.set $b (v128.xor (local.get $b) (v128.load offset=16 (local.get $at))))
        (local.set $c (v128.xor (local.get $c) (v128.load offset=32 (local.get $at))))
        (local.set $d (v128.xor (local.get $d) (v128.load offset=48 (local.get $at))))
        (local.set $a (v128.xor (local.get $a) (v128.load offset=64 (local.get $at))))
        (local.set $b (v128.xor (local.get $b) (v128.load offset=80 (local.get $at))))
        (local.set $c (v128.xor (local.get $c) (v128.load offset=96 (local.get $at))))
        (local.set $d (v128.xor (local.get $d) (v128.load offset=112 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 128)))
        (br $next)))
    (i32x4.extract_lane 0
      (v128.xor (v128.xor (local.get $a) (local.get $b)) (v128.xor (local.get $c) (local.get $d))))))

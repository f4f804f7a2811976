"""DeepComposer's lesson as a Keras user writes it, for throughput.py to run beside ours.

    python tests/bench/plain_keras.py --batch 64 --ratio 5 --threads 2

Needs tensorflow and numpy only. It prints the parameters of both networks, and then, for each line that it
is sent, does one update and prints the seconds and CPU seconds that it took, in JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model, layers

CHANNELS = (64, 128, 256, 512)
PENALTY = 10.0


def generator() -> Model:
    """DeepComposer's U-Net: melody and noise in, four rolls out."""
    melody, noise = Input((32, 128, 1)), Input((2, 8, CHANNELS[3]))
    found, features = melody, []
    for level, channels in enumerate(CHANNELS):
        found = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, 2, "same")(found))
        if level:
            found = layers.BatchNormalization(momentum=0.8)(found)
        features.append(found)
    found = layers.Concatenate()([features.pop(), noise])
    for channels in reversed(CHANNELS[:3]):
        found = layers.Conv2D(channels, 4, 1, "same")(layers.UpSampling2D()(found))
        found = layers.ReLU()(layers.BatchNormalization(momentum=0.8)(found))
        found = layers.Concatenate()([found, features.pop()])
    out = layers.Conv2D(4, 4, 1, "same", activation="tanh", dtype="float32")(layers.UpSampling2D()(found))
    return Model([melody, noise], out)


def critic() -> Model:
    """DeepComposer's critic: four rolls and a melody in, a score out."""
    rolls, melody = Input((32, 128, 4)), Input((32, 128, 1))
    found = layers.Concatenate()([rolls, melody])
    for channels in CHANNELS:
        found = layers.LeakyReLU(0.2)(layers.Conv2D(channels, 4, 2, "same")(found))
    return Model([rolls, melody], layers.Dense(1, dtype="float32")(layers.Flatten()(found)))


class Lesson:
    """Both networks and their optimisers."""

    def __init__(self) -> None:
        self.generator, self.critic = generator(), critic()
        self.playing = tf.keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9)
        self.judging = tf.keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9)

    @tf.function
    def judge(self, melody: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
        """An update of the critic."""
        noise = tf.random.truncated_normal((tf.shape(melody)[0], 2, 8, CHANNELS[3]))
        fake = self.generator([melody, noise], training=False)
        with tf.GradientTape() as tape:
            distance = tf.reduce_mean(self.critic([fake, melody])) - tf.reduce_mean(
                self.critic([real, melody])
            )
            mix = tf.random.uniform((tf.shape(melody)[0], 1, 1, 1))
            between = mix * real + (1 - mix) * fake
            with tf.GradientTape() as inner:
                inner.watch(between)
                score = self.critic([between, melody])
            steep = inner.gradient(score, between)
            slope = tf.sqrt(1e-8 + tf.reduce_sum(tf.square(steep), (1, 2, 3)))
            loss = distance + PENALTY * tf.reduce_mean(tf.square(slope - 1))
        mine = self.critic.trainable_variables
        self.judging.apply_gradients(zip(tape.gradient(loss, mine), mine, strict=True))
        return loss

    @tf.function
    def play(self, melody: tf.Tensor) -> tf.Tensor:
        """An update of the generator."""
        noise = tf.random.truncated_normal((tf.shape(melody)[0], 2, 8, CHANNELS[3]))
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self.critic([self.generator([melody, noise], training=True), melody]))
        mine = self.generator.trainable_variables
        self.playing.apply_gradients(zip(tape.gradient(loss, mine), mine, strict=True))
        return loss


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("batch", "ratio", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--precision", choices=("float32", "mixed_bfloat16"), default="float32")
    said = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(said.threads)
    tf.config.threading.set_inter_op_parallelism_threads(said.threads)
    tf.keras.mixed_precision.set_global_policy(said.precision)
    rng = np.random.default_rng(1)
    rolls = np.where(rng.random((229, 32, 128, 4)) < 0.008, 1, -1).astype(np.float32)
    data = tf.data.Dataset.from_tensor_slices(rolls).shuffle(1000).repeat()
    batches = iter(data.batch(said.batch, drop_remainder=True).prefetch(4))
    lesson = Lesson()

    def update() -> None:
        for _ in range(said.ratio):
            real = next(batches)
            lesson.judge(real[..., :1], real)
        float(lesson.play(next(batches)[..., :1]))

    update()
    print(json.dumps([lesson.generator.count_params(), lesson.critic.count_params()]), flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        update()
        print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]), flush=True)


if __name__ == "__main__":
    main()

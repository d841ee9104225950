"""The models that scripts/benchmark_train.py trains beside Heed's: the same arithmetic as a competent user of PyTorch
writes it, eager, padded and masked, on PyTorch's own modules. `options` are the benchmark's model options."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import rnn


class Attention(nn.Module):
    def __init__(self, options, self_attention):
        super().__init__()
        # Self-attention projects query, key and value in one product, cross-attention key and value.
        d = options.d_model
        self.heads, self.dropout = options.num_heads, options.attention_dropout
        self.self_attention = self_attention
        self.project_in = nn.Linear(d, 3 * d) if self_attention else nn.Linear(d, 2 * d)
        self.project_query = None if self_attention else nn.Linear(d, d)
        self.project_out = nn.Linear(d, d)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x, memory=None, mask=None, causal=False):
        if self.self_attention:
            query, key, value = self.project_in(x).chunk(3, dim=-1)
        else:
            query = self.project_query(x)
            key, value = self.project_in(memory).chunk(2, dim=-1)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(
            self.split(query), self.split(key), self.split(value), attn_mask=mask, dropout_p=dropout, is_causal=causal)
        return self.project_out(y.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, options, is_decoder):
        super().__init__()
        d = options.d_model
        self.self_norm, self.self_attention = nn.LayerNorm(d), Attention(options, True)
        if is_decoder:
            self.cross_norm, self.cross_attention = nn.LayerNorm(d), Attention(options, False)
        self.feed_norm = nn.LayerNorm(d)
        self.feed_forward = nn.Sequential(nn.Linear(d, options.d_ff), nn.ReLU(), nn.Linear(options.d_ff, d))
        self.dropout = nn.Dropout(options.dropout)

    def forward(self, x, mask, memory=None, memory_mask=None):
        causal = memory is not None
        x = x + self.dropout(self.self_attention(self.self_norm(x), mask=mask, causal=causal))
        if memory is not None:
            x = x + self.dropout(self.cross_attention(self.cross_norm(x), memory, mask=memory_mask))
        return x + self.dropout(self.feed_forward(self.feed_norm(x)))


class Transformer(nn.Module):
    """Of Heed's defaults: pre-norm, sinusoidal positions, every linear with a bias, all embeddings tied."""

    surplus_parameters = 0  # that Heed's model has beyond this one

    def __init__(self, options):
        super().__init__()
        d = options.d_model
        self.embedding = nn.Embedding(options.vocabulary, d)
        nn.init.normal_(self.embedding.weight, std=d**-0.5)
        self.encoder = nn.ModuleList(Layer(options, False) for _ in range(options.layers))
        self.decoder = nn.ModuleList(Layer(options, True) for _ in range(options.layers))
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(d), nn.LayerNorm(d)
        self.dropout = nn.Dropout(options.dropout)
        angle = torch.arange(1024)[:, None] * torch.exp(torch.arange(d // 2) * (-math.log(10000.0) / (d // 2 - 1)))
        self.register_buffer("positions", torch.cat([angle.sin(), angle.cos()], dim=1), persistent=False)

    def embed(self, ids):
        d = self.embedding.embedding_dim
        return self.dropout(self.embedding(ids) * math.sqrt(d) + self.positions[: ids.shape[1]])

    def forward(self, source, real, target_input):
        """`real` (B, S) marks what is not padding; None where nothing is padding."""
        mask = None if real is None else real[:, None, None, :]
        memory = self.embed(source)
        for layer in self.encoder:
            memory = layer(memory, mask)
        memory = self.encoder_norm(memory)
        x = self.embed(target_input)
        for layer in self.decoder:
            x = layer(x, None, memory, mask)
        return F.linear(self.decoder_norm(x), self.embedding.weight)


class Recurrent(nn.Module):
    """Bahdanau et al. 2015 as Heed's configs/multi30k_en_de_bahdanau.yaml has it: a bidirectional nn.GRU of d/2 a side, an
    nn.GRUCell started from the backward state, additive attention on the state before, a maxout readout, tied embeddings.
    All that does not wait for the step before stands outside the loop: the attention's keys and the readout."""

    def __init__(self, options):
        super().__init__()
        d = options.d_model
        self.embedding = nn.Embedding(options.vocabulary, d)
        nn.init.normal_(self.embedding.weight, std=d**-0.5)
        self.encoder = nn.GRU(d, d // 2, bidirectional=True, batch_first=True)
        self.bridge = nn.Linear(d // 2, d)
        self.cell = nn.GRUCell(2 * d, d)
        self.query, self.key = nn.Linear(d, d), nn.Linear(d, d)
        self.score = nn.Parameter(torch.randn(d) * d**-0.5)
        self.readout = nn.Linear(3 * d, 2 * d)
        self.dropout = nn.Dropout(options.dropout)
        self.surplus_parameters = 3 * d  # Heed's GRU has a bias each for the word's and the context's half of its input

    def embed(self, ids):
        return self.dropout(self.embedding(ids) * math.sqrt(self.embedding.embedding_dim))

    def encode(self, source, real):
        embedded = self.embed(source)
        if real is None:
            memory, last = self.encoder(embedded)
            return memory, last[1]
        packed = rnn.pack_padded_sequence(embedded, real.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        memory, last = self.encoder(packed)
        return rnn.pad_packed_sequence(memory, batch_first=True, total_length=source.shape[1])[0], last[1]

    def forward(self, source, real, target_input):
        """`real` (B, S) marks what is not padding; None where nothing is padding."""
        memory, backward_state = self.encode(source, real)
        keys, words = self.key(memory), self.embed(target_input)
        state = torch.tanh(self.bridge(backward_state))
        states, contexts = [], []
        for word in words.unbind(1):
            scores = torch.tanh(self.query(state)[:, None] + keys) @ self.score
            if real is not None:
                scores = scores.masked_fill(~real, float("-inf"))
            context = (scores.softmax(-1)[:, None] @ memory)[:, 0]
            states.append(state)
            contexts.append(context)
            state = self.cell(torch.cat([word, context], -1), state)
        left, right = self.readout(torch.cat([torch.stack(states, 1), words, torch.stack(contexts, 1)], -1)).chunk(2, -1)
        return F.linear(self.dropout(torch.maximum(left, right)), self.embedding.weight)


MODELS = {"transformer": Transformer, "recurrent": Recurrent}

"""The recurrent sides of Heed's models in PyTorch, written from Bahdanau et al. 2015 and Luong et al. 2015 with padded
batches, masks and PyTorch's own GRU and LSTM cells; parameters bear the names of Heed's checkpoints. What the decoder
attends with is in pytorch_attention.py."""
import torch
from pytorch_attention import RecurrentAttention
from torch import nn


class Cell(nn.Module):
    def __init__(self, kind, width_in, width):
        super().__init__()
        gates = 3 if kind == "gru" else 4
        self.kind, self.width = kind, width
        self.input, self.hidden = nn.Linear(width_in, gates * width), nn.Linear(width, gates * width)

    def start(self, hidden):
        return (hidden, torch.zeros_like(hidden)) if self.kind == "lstm" else (hidden,)

    def forward(self, x, state):
        weights = (self.input.weight, self.hidden.weight, self.input.bias, self.hidden.bias)
        if self.kind == "gru":
            return (torch._VF.gru_cell(x, state[0], *weights),)  # what nn.GRUCell calls
        return torch._VF.lstm_cell(x, state, *weights)


class BidirectionalLayer(nn.Module):
    def __init__(self, kind, width):
        super().__init__()
        self.forward_cell, self.backward_cell = Cell(kind, width, width // 2), Cell(kind, width, width // 2)

    def run(self, cell, x, is_pad, steps):
        state, outputs = cell.start(x.new_zeros(x.shape[0], cell.width)), {}
        for t in steps:
            after = cell(x[:, t], state)
            pad = is_pad[:, t, None]
            state = tuple(torch.where(pad, old, new) for old, new in zip(state, after))
            outputs[t] = state[0]
        return torch.stack([outputs[t] for t in range(x.shape[1])], 1)

    def forward(self, x, is_pad):
        steps = range(x.shape[1])
        backward = self.run(self.backward_cell, x, is_pad, reversed(steps))
        return torch.cat([self.run(self.forward_cell, x, is_pad, steps), backward], -1), backward[:, 0]


class RecurrentEncoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.layers = nn.ModuleList(BidirectionalLayer(shape["cell"], shape["d_model"])
                                    for _ in range(shape["num_encoder_layers"]))

    def forward(self, embedded, is_pad):
        x, summary = embedded, None
        for layer in self.layers:
            x, summary = layer(x, is_pad)
        return x, summary


class RecurrentDecoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width, layers = shape["d_model"], shape["num_decoder_layers"]
        self.luong, self.feeds = shape["recurrence"] == "luong", shape["input_feeding"]
        self.cells = nn.ModuleList(Cell(shape["cell"], width, width) for _ in range(layers))
        gates = self.cells[0].input.out_features
        if not self.luong or self.feeds:
            self.feed = nn.Linear(width, gates)
        self.bridge_kind = shape["bridge"]
        if self.bridge_kind != "zero":
            of_state = self.bridge_kind == "state" and shape["encoder"] == "recurrent"
            self.bridge = nn.Linear(width // 2 if of_state else width, layers * width)
        self.attention = RecurrentAttention(shape)
        self.readout = nn.Linear(2 * width, width) if self.luong else nn.Linear(3 * width, 2 * width)

    def start(self, memory, summary, is_pad):
        if self.bridge_kind == "zero":
            return [cell.start(memory.new_zeros(memory.shape[0], cell.width)) for cell in self.cells]
        if self.bridge_kind == "mean" or summary is None:
            kept = (~is_pad)[..., None].to(memory)
            summary = (memory * kept).sum(1) / kept.sum(1)
        states = torch.tanh(self.bridge(summary)).chunk(len(self.cells), -1)
        return [cell.start(state) for cell, state in zip(self.cells, states)]

    def run_cells(self, y, fed, states):
        """The first cell's input side is input(y) + feed(fed): one product of the two side by side."""
        first = self.cells[0]
        if fed is None:
            weight, bias, x = first.input.weight, first.input.bias, y
        else:
            weight = torch.cat([first.input.weight, self.feed.weight], 1)
            bias, x = first.input.bias + self.feed.bias, torch.cat([y, fed], 1)
        call = torch._VF.gru_cell if first.kind == "gru" else torch._VF.lstm_cell
        hidden = states[0][0] if first.kind == "gru" else states[0]
        after = call(x, hidden, weight, first.hidden.weight, bias, first.hidden.bias)
        result = [after if first.kind == "lstm" else (after,)]
        for cell, state in zip(self.cells[1:], states[1:]):
            result.append(cell(result[-1][0], state))
        return result

    def forward(self, embedded, memory, values, summary, is_pad):
        states = self.start(memory, summary, is_pad)
        keys = self.attention.key(memory)
        row, rows = memory.new_zeros(memory.shape[0], memory.shape[2]), []
        for t in range(embedded.shape[1]):
            y = embedded[:, t]
            if self.luong:
                states = self.run_cells(y, row if self.feeds else None, states)
                top = states[-1][0]
                row = torch.tanh(self.readout(torch.cat([self.attention(top, t, keys, values, is_pad), top], -1)))
            else:
                before = states[-1][0]
                context = self.attention(before, t, keys, values, is_pad)
                states = self.run_cells(y, context, states)
                left, right = self.readout(torch.cat([before, y, context], -1)).chunk(2, -1)
                row = torch.maximum(left, right)
            rows.append(row)
        return torch.stack(rows, 1)

#include "operation.h"

#include <cstdio>
#include <cstdlib>

#include "tensorflow/c/ops.h"

namespace {

void check(TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) throw std::runtime_error(TF_Message(status));
}

void mustBeFine(const char* name, TF_Status* status) {
  if (TF_GetCode(status) == TF_OK) return;
  std::fprintf(stderr, "TensorFlow refuses the operation %s: %s\n", name, TF_Message(status));
  std::abort();
}

}  // namespace

Call::Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {
  for (int i = 0; i < TF_NumInputs(context); i++) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, i, &tensor, status_);
    check(status_);
    inputs_.push_back(tensor);
  }
}

Call::~Call() {
  for (TF_Tensor* tensor : inputs_) TF_DeleteTensor(tensor);
  for (TF_Tensor* tensor : outputs_) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status_);
}

const float* Call::input(int i) const { return static_cast<const float*>(TF_TensorData(inputs_[i])); }

std::size_t Call::size(int i) const { return TF_TensorElementCount(inputs_[i]); }

std::vector<std::int64_t> Call::shape(int i) const {
  std::vector<std::int64_t> shape;
  for (int d = 0; d < TF_NumDims(inputs_[i]); d++) shape.push_back(TF_Dim(inputs_[i], d));
  return shape;
}

void Call::expectSize(int i, std::size_t size) const {
  if (this->size(i) == size) return;
  throw InvalidInput("input " + std::to_string(i) + " has " + std::to_string(this->size(i)) +
                     " numbers, expected " + std::to_string(size));
}

float* Call::output(int i, const std::vector<std::int64_t>& shape) {
  std::size_t bytes = sizeof(float);
  for (const std::int64_t length : shape) bytes *= length;
  TF_Tensor* tensor = TF_AllocateOutput(context_, i, TF_FLOAT, shape.data(), shape.size(), bytes, status_);
  check(status_);
  outputs_.push_back(tensor);
  return static_cast<float*>(TF_TensorData(tensor));
}

bool registerOperation(const char* name, const char* attribute, std::initializer_list<const char*> inputs,
                       std::initializer_list<const char*> outputs, void* (*create)(TF_OpKernelConstruction*),
                       void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_RegisterOpDefinition(definition, status);
  mustBeFine(name, status);
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", create, compute, nullptr), status);
  mustBeFine(name, status);
  TF_DeleteStatus(status);
  return true;
}
